import { Tabs } from "@mantine/core";

import { CodeBlock } from "../../components/code-block";
import { paths } from "../../lib/paths";
import { codeSamples } from "./code-samples";
import { EXAMPLES } from "./examples";
import classes from "./in-code.module.css";

const STAND_IN = EXAMPLES[0]?.text ?? "";

/** The same call from a program. */
export function InCode({ text, model }: { text: string; model: string | undefined }) {
  const samples = codeSamples({
    origin: window.location.origin,
    text: text.trim() === "" ? STAND_IN : text,
    model,
  });
  return (
    <section className={classes.section} aria-labelledby="in-code">
      <h2 id="in-code">The same from a program</h2>
      <p>
        No key, no library: one POST. Several texts may go into one call; the{" "}
        <a href={paths.reference}>reference</a> has the rest.
      </p>
      <Tabs defaultValue="curl" keepMounted={false}>
        <Tabs.List aria-label="Language">
          {samples.map(({ name }) => (
            <Tabs.Tab key={name} value={name}>
              {name}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {samples.map(({ name, code }) => (
          <Tabs.Panel key={name} value={name} pt="sm">
            <CodeBlock code={code} label={`The call in ${name}`} />
          </Tabs.Panel>
        ))}
      </Tabs>
    </section>
  );
}

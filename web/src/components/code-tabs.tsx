import { Tabs } from "@mantine/core";

import { codeSamples, type Call } from "../lib/code-samples";
import { CodeBlock } from "./code-block";

/** A request in three languages, in tabs. */
export function CodeTabs({ call }: { call: Call }) {
  const samples = codeSamples(call);
  return (
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
          <CodeBlock code={code} label={`Request in ${name}`} />
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}

import { Link } from "wouter";

import { CodeTabs } from "../../components/code-tabs";
import { paths } from "../../lib/paths";
import { useOrigin } from "../../lib/taken-over";
import { EXAMPLES } from "./examples";
import classes from "./in-code.module.css";

const STAND_IN = EXAMPLES[0]?.text ?? "";

/** The same call from a program. */
export function InCode({ text: typed, model }: { text: string; model: string | undefined }) {
  const origin = useOrigin();
  const text = typed.trim() === "" ? STAND_IN : typed;
  return (
    <section className={classes.section} aria-labelledby="in-code">
      <h2 id="in-code">The same from a program</h2>
      <p>
        No library: one POST. Several texts may go into one call;{" "}
        <Link href={paths.developers}>for developers</Link> has the rest.
      </p>
      <CodeTabs
        call={{
          method: "POST",
          url: `${origin}${paths.predict}`,
          body: model === undefined ? { text } : { text, model },
        }}
      />
    </section>
  );
}

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
    <section className={classes.section} aria-labelledby="in-code" data-screen-only>
      <h2 id="in-code">Use the API</h2>
      <p>
        One POST request, no library needed. One call can hold several texts;{" "}
        <Link href={paths.developers}>the API page</Link> has the rest.
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

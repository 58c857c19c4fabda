import { Link } from "wouter";

import { CodeTabs } from "../../components/code-tabs";
import { paths } from "../../lib/paths";
import { useOrigin } from "../../lib/hydration";
import { EXAMPLES } from "./examples";
import classes from "./api-example.module.css";

const SAMPLE_TEXT = EXAMPLES[0]?.text ?? "";

/** The same request in code. */
export function ApiExample({ text: typed, model }: { text: string; model: string | undefined }) {
  const origin = useOrigin();
  const text = typed.trim() === "" ? SAMPLE_TEXT : typed;
  return (
    <section className={classes.section} aria-labelledby="use-the-api" data-screen-only>
      <h2 id="use-the-api">Use the API</h2>
      <p>
        One POST request, no library needed. A request can contain several texts. See the{" "}
        <Link href={paths.developers}>API page</Link>.
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

import { CodeBlock } from "../../components/code-block";
import classes from "./answers.module.css";
import type { Endpoint } from "./document";
import { Prose } from "./prose";

/** What comes back: by status, with an example of each. */
export function Answers({ endpoint: { answers, method, path } }: { endpoint: Endpoint }) {
  return (
    <details className={classes.answers}>
      <summary>Answers: {answers.map(({ status }) => status).join(", ")}</summary>
      <ul>
        {answers.map(({ status, description, media, examples }) => (
          <li key={status}>
            <p>
              <strong>{status}</strong> <Prose>{description}</Prose>
              {media === undefined ? null : <span> {media}</span>}
            </p>
            {status.startsWith("2") && examples[0] ? (
              <CodeBlock
                code={
                  typeof examples[0].value === "string"
                    ? examples[0].value
                    : JSON.stringify(examples[0].value, null, 2)
                }
                label={`An answer of ${method} ${path}`}
              />
            ) : null}
          </li>
        ))}
      </ul>
    </details>
  );
}

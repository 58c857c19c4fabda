import { CodeBlock } from "../../components/code-block";
import classes from "./responses.module.css";
import type { Endpoint } from "./document";
import { Prose } from "./prose";

/** The possible responses by status, with examples. */
export function Responses({ endpoint: { responses, method, path } }: { endpoint: Endpoint }) {
  return (
    <details className={classes.responses}>
      <summary>Responses: {responses.map(({ status }) => status).join(", ")}</summary>
      <ul>
        {responses.map(({ status, description, media, examples }) => (
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
                label={`Response of ${method} ${path}`}
              />
            ) : null}
          </li>
        ))}
      </ul>
    </details>
  );
}

import { useState } from "react";

import { CodeTabs } from "../../components/code-tabs";
import { QuietButton } from "../../components/quiet-button";
import shared from "../../components/shared.module.css";
import { useOrigin } from "../../lib/hydration";
import { Responses } from "./responses";
import type { Endpoint } from "./document";
import classes from "./endpoint-section.module.css";
import { FieldTable } from "./field-table";
import { Prose } from "./prose";
import { addressOf } from "./send";
import { TryOut } from "./try-out";
import { kindOf } from "./document";

interface EndpointSectionProps {
  endpoint: Endpoint;
  apiKey: string;
  /** The name of a model on this server, once known. */
  modelName: string | undefined;
}

/** One operation: its description, parameters, code samples, responses, and a form to try it. */
export function EndpointSection({ endpoint, apiKey, modelName }: EndpointSectionProps) {
  const origin = useOrigin();
  const [open, setOpen] = useState(false);
  const { id, method, path, summary, description, parameters, body, key } = endpoint;
  const example = body?.examples[0]?.value;
  const placeholders = placeholderValues(endpoint, modelName);
  return (
    <section id={id} className={`${shared.card} ${classes.endpoint}`} aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`} className={shared.title}>
        {summary}
      </h2>
      <p className={classes.address}>
        <span data-method={method}>{method}</span> <code>{path}</code>
      </p>
      <p className={classes.prose}>
        <Prose>{description}</Prose>
        {key ? (
          <>
            {" "}
            {key.needed ? "Requires" : "Accepts"} an API key with the scope <code>{key.scope}</code>.
          </>
        ) : null}
      </p>
      {parameters.length > 0 ? (
        <FieldTable
          caption={`Parameters of ${method} ${path}`}
          fields={parameters.map(({ name, required, schema, description: meaning }) => ({
            name,
            kind: kindOf(schema),
            required: required ?? false,
            meaning: meaning ?? "",
          }))}
        />
      ) : null}
      {body ? <FieldTable caption={`Body of ${method} ${path}`} fields={body.fields} /> : null}
      <CodeTabs
        call={{
          method,
          url: `${origin}${addressOf(endpoint, placeholders)}`,
          body: example,
          needsKey: key?.needed ?? false,
        }}
      />
      <Responses endpoint={endpoint} />
      <div className={classes.try}>
        <QuietButton expanded={open} onClick={() => setOpen(!open)}>
          {open ? "Close" : "Try it here"}
        </QuietButton>
        {open ? <TryOut endpoint={endpoint} apiKey={apiKey} given={knownNames(endpoint, modelName)} /> : null}
      </div>
    </section>
  );
}

/** Example values for path parameters: a real name if known, else the parameter's name in capitals. */
function placeholderValues(endpoint: Endpoint, modelName: string | undefined): Record<string, string> {
  const path = endpoint.parameters.filter(({ in: where }) => where === "path");
  return {
    ...Object.fromEntries(path.map(({ name }) => [name, name.toUpperCase()])),
    ...knownNames(endpoint, modelName),
  };
}

const knownNames = ({ path }: Endpoint, modelName: string | undefined): Record<string, string> =>
  modelName !== undefined && path.includes("/models/{name}") ? { name: modelName } : {};

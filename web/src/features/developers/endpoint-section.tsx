import { useState } from "react";

import { CodeTabs } from "../../components/code-tabs";
import { QuietButton } from "../../components/quiet-button";
import shared from "../../components/shared.module.css";
import { useOrigin } from "../../lib/taken-over";
import { Answers } from "./answers";
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
  /** A model that this server has, once that is known. */
  modelName: string | undefined;
}

/** One call: what it does, what it takes, how it looks in code, what comes back, and a place to try it. */
export function EndpointSection({ endpoint, apiKey, modelName }: EndpointSectionProps) {
  const origin = useOrigin();
  const [open, setOpen] = useState(false);
  const { id, method, path, summary, description, parameters, body, key } = endpoint;
  const example = body?.examples[0]?.value;
  const stand = standIns(endpoint, modelName);
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
            {key.needed ? "Needs" : "Takes"} a key with the scope <code>{key.scope}</code>.
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
          url: `${origin}${addressOf(endpoint, stand)}`,
          body: example,
          needsKey: key?.needed ?? false,
        }}
      />
      <Answers endpoint={endpoint} />
      <div className={classes.try}>
        <QuietButton expanded={open} onClick={() => setOpen(!open)}>
          {open ? "Close the try-out" : "Try it here"}
        </QuietButton>
        {open ? <TryOut endpoint={endpoint} apiKey={apiKey} given={namesOf(endpoint, modelName)} /> : null}
      </div>
    </section>
  );
}

/** For each parameter in the path what the example has there: a real name where one is known, else the parameter's own. */
function standIns(endpoint: Endpoint, modelName: string | undefined): Record<string, string> {
  const path = endpoint.parameters.filter(({ in: where }) => where === "path");
  return {
    ...Object.fromEntries(path.map(({ name }) => [name, name.toUpperCase()])),
    ...namesOf(endpoint, modelName),
  };
}

const namesOf = ({ path }: Endpoint, modelName: string | undefined): Record<string, string> =>
  modelName !== undefined && path.includes("/models/{name}") ? { name: modelName } : {};

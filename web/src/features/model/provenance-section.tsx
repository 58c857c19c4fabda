import type { ModelDetail } from "../../api/generated";
import { CodeBlock } from "../../components/code-block";
import { counted } from "../../lib/format";
import { CollapsibleSection } from "./collapsible-section";
import { commandsOf, factsOf, wrapCommand } from "./logic";
import classes from "./provenance-section.module.css";
import pageClasses from "./model-page.module.css";

/** The commands that made the model, and its versions and data. */
export function ProvenanceSection({ model }: { model: ModelDetail }) {
  const commands = commandsOf(model);
  const facts: [string, string][] = [
    ["body", model.version.body],
    ["head", model.version.head],
    ["base", model.base],
    ["licence", model.licence],
    ["readout", model.readout],
    ["window", `${counted(model.max_tokens, "token")}; longer texts are split`],
    ...(model.instructions ? [["computes with", model.instructions] as [string, string]] : []),
    ...factsOf(model.provenance),
  ];
  return (
    <CollapsibleSection
      id="making"
      title="How it was made"
      about="versions, data, and commands to reproduce it"
    >
      {commands.length > 0 ? (
        <p className={pageClasses.lead}>Run these commands on the same data to reproduce the model.</p>
      ) : null}
      {commands.length > 0 ? (
        <CodeBlock code={commands.map(wrapCommand).join("\n")} label="Commands" />
      ) : null}
      <dl className={classes.facts}>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </CollapsibleSection>
  );
}

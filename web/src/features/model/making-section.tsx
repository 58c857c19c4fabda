import type { ModelDetail } from "../../api/generated";
import { CodeBlock } from "../../components/code-block";
import { counted } from "../../lib/format";
import { Fold } from "./fold";
import { commandsOf, factsOf, wrapCommand } from "./logic";
import classes from "./making-section.module.css";
import pageClasses from "./model-page.module.css";

/** The commands that made it, and what they worked on. */
export function MakingSection({ model }: { model: ModelDetail }) {
  const commands = commandsOf(model);
  const facts: [string, string][] = [
    ["body", model.version.body],
    ["head", model.version.head],
    ["base", model.base],
    ["licence", model.licence],
    ["readout", model.readout],
    ["window", `${counted(model.max_tokens, "token")}; longer texts are read in several`],
    ...factsOf(model.provenance),
  ];
  return (
    <Fold id="making" title="How it was made" about="versions, data and the commands that make it again">
      {commands.length > 0 ? (
        <p className={pageClasses.lead}>The same commands on the same data make it again.</p>
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
    </Fold>
  );
}

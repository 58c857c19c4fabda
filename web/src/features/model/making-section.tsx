import type { ModelDetail } from "../../api/generated";
import { CodeBlock } from "../../components/code-block";
import { commandsOf, factsOf, wrapCommand } from "./logic";
import classes from "./making-section.module.css";
import pageClasses from "./model-page.module.css";

/** The commands that made it, and what they worked on. */
export function MakingSection({ model }: { model: ModelDetail }) {
  const commands = commandsOf(model);
  const facts = factsOf(model.provenance);
  if (commands.length === 0 && facts.length === 0) return null;
  return (
    <section aria-labelledby="making">
      <h2 id="making">How it was made</h2>
      <p className={pageClasses.lead}>The same commands on the same data make it again.</p>
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
    </section>
  );
}

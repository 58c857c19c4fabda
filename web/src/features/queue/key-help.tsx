import { QuietButton } from "../../components/quiet-button";
import { Check } from "../../components/check";
import classes from "./key-help.module.css";
import { REASONS } from "./keys";
import { useKeysWanted } from "./use-keys-wanted";

interface KeyHelpProps {
  labelKeys: ReadonlyMap<string, string>;
  onClose: () => void;
}

/** All keys. */
export function KeyHelp({ labelKeys, onClose }: KeyHelpProps) {
  const [on, setOn] = useKeysWanted();
  const rows: [keys: string[], what: string][] = [
    [["J", "↓"], "next comment"],
    [["K", "↑"], "previous comment"],
    [["A"], "approve"],
    [["R"], "remove"],
    ...[...labelKeys].map(([label, key]): [string[], string] => [[key.toUpperCase()], `label “${label}”`]),
    [["U"], "unsure: set it aside"],
    [["1", "5"], `reason of the next decision: ${REASONS.map((name) => name.toLowerCase()).join(", ")}`],
    [["Shift"], "held with a decision: for the copies too"],
    [["Z"], "undo the last decision"],
    [["Esc"], "from a filter back to the comments"],
    [["?"], "show or hide this list"],
  ];
  return (
    <section aria-labelledby="queue-keys-title" className={classes.help}>
      <h2 id="queue-keys-title">Keys</h2>
      <dl>
        {rows.map(([keys, what]) => (
          <div key={what}>
            <dt>
              {keys.map((key, i) => (
                <span key={key}>
                  {i > 0 ? (what.startsWith("reason") ? " to " : " or ") : ""}
                  <kbd>{key}</kbd>
                </span>
              ))}
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <Check label="Decide with single keys" checked={on} onChange={setOn} />
      <QuietButton onClick={onClose}>Close</QuietButton>
    </section>
  );
}

import { Choice } from "../components/choice";
import { ENCODINGS } from "./decode";
import type { ReadOptions, TextFormat } from "./options";
import type { Understood } from "./result";
import { fixedFacts, separatorChoices, TEXT_FORMATS } from "./words";
import classes from "./understood-bar.module.css";

interface UnderstoodBarProps {
  understood: Understood;
  onReread: (options: ReadOptions) => void;
  /** More choices, after those of the format. */
  children?: React.ReactNode;
}

/** What was understood of the file; a change reads it again. */
export function UnderstoodBar({ understood, onReread: reread, children }: UnderstoodBarProps) {
  const { format, encoding, separator, sheet, sheets } = understood;
  const isText = format !== "xlsx" && format !== "parquet";
  return (
    <div className={classes.bar} role="group" aria-label="How the file is read">
      {isText ? (
        <Choice
          label="Format"
          value={format}
          options={TEXT_FORMATS}
          onChoose={(value) => reread({ format: value as TextFormat })}
        />
      ) : null}
      {encoding !== undefined ? (
        <Choice
          label="Encoding"
          value={encoding}
          options={ENCODINGS.map(({ name, label }) => ({ value: name, name: label }))}
          onChoose={(value) => reread({ encoding: value })}
        />
      ) : null}
      {separator !== undefined ? (
        <Choice
          label="Separator"
          value={separator}
          options={separatorChoices(separator)}
          onChoose={(value) => reread({ separator: value })}
        />
      ) : null}
      {sheets !== undefined && sheets.length > 1 ? (
        <Choice
          label="Sheet"
          value={sheet ?? ""}
          options={sheets.map((name) => ({ value: name, name }))}
          onChoose={(value) => reread({ sheet: value })}
        />
      ) : null}
      {children}
      {fixedFacts(understood).map((fact) => (
        <span key={fact} className={classes.fact}>
          {fact}
        </span>
      ))}
    </div>
  );
}

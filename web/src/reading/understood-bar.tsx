import type { ReactNode } from "react";

import type { ReadAs } from "../api/generated";
import { Choice } from "../components/choice";
import type { Changed } from "./choosing";
import { ENCODINGS, fixedFacts, separatorChoices, TEXT_FORMATS, type Format } from "./words";
import classes from "./understood-bar.module.css";

interface UnderstoodBarProps {
  understood: ReadAs;
  onReread: (change: Changed) => void;
  /** More choices, after those of the format. */
  children?: ReactNode;
}

/** What was understood of the file; a change reads it again. */
export function UnderstoodBar({ understood, onReread: reread, children }: UnderstoodBarProps) {
  const { format, encoding, separator, sheet, sheets, member, members } = understood;
  const own = encoding?.replace(/-sig$/, "");
  const isKnown = ENCODINGS.some(({ value }) => value === own);
  return (
    <div className={classes.bar} role="group" aria-label="How the file is read">
      {members.length > 1 ? (
        <Choice
          label="File in the archive"
          value={member ?? ""}
          options={members.map((name) => ({ value: name, name }))}
          onChoose={(value) => reread({ member: value })}
        />
      ) : null}
      {encoding === null ? null : (
        <Choice
          label="Format"
          value={format}
          options={TEXT_FORMATS}
          onChoose={(value) => reread({ format: value as Format })}
        />
      )}
      {own === undefined ? null : (
        <Choice
          label="Encoding"
          value={own}
          options={isKnown ? ENCODINGS : [{ value: own, name: own }, ...ENCODINGS]}
          onChoose={(value) => reread({ encoding: value })}
        />
      )}
      {separator === null ? null : (
        <Choice
          label="Separator"
          value={separator}
          options={separatorChoices(separator)}
          onChoose={(value) => reread({ separator: value })}
        />
      )}
      {sheets.length > 1 ? (
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

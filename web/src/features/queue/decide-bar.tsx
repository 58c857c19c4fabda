import type { Item } from "../../api/generated";
import { counted } from "../../lib/format";
import classes from "./decide-bar.module.css";
import { REASONS, type Action } from "./keys";
import type { DecisionInput } from "./use-decision-input";

interface DecideBarProps {
  item: Item;
  /** The community’s labels besides the two of approve and remove. */
  labels: readonly string[];
  labelKeys: ReadonlyMap<string, string>;
  input: DecisionInput;
  onAct: (action: Action) => void;
}

/** The decisions as buttons, with their keys. */
export function DecideBar({ item, labels, labelKeys, input, onAct }: DecideBarProps) {
  const { chosen, reason } = input;
  return (
    <div className={classes.bar}>
      <div role="group" aria-label="Decision" className={classes.actions}>
        <Press
          hint="A"
          name="Approve"
          kind="approve"
          onPress={(copies) => onAct({ kind: "decide", action: "approve", copies })}
        />
        <Press
          hint="R"
          name="Remove"
          kind="remove"
          onPress={(copies) => onAct({ kind: "decide", action: "remove", copies })}
        />
        {labels.map((label) => (
          <Press
            key={label}
            hint={labelKeys.get(label)?.toUpperCase()}
            name={label}
            pressed={chosen?.includes(label)}
            onPress={(copies) => onAct({ kind: "label", label, copies })}
          />
        ))}
        {chosen === undefined ? null : (
          <Press
            hint="Enter"
            name={chosen.length === 0 ? "No label" : "Save labels"}
            onPress={(copies) => onAct({ kind: "save", copies })}
          />
        )}
        <Press
          hint="U"
          name="Unsure"
          onPress={(copies) => onAct({ kind: "decide", action: "unsure", copies })}
        />
      </div>
      <div role="group" aria-label="Reason" className={classes.reasons}>
        {REASONS.map((name, i) => (
          <Press
            key={name}
            hint={`${i + 1}`}
            name={name}
            pressed={reason === i + 1}
            onPress={() => onAct({ kind: "reason", reason: i + 1 })}
          />
        ))}
      </div>
      {item.copies > 0 ? (
        <p className={classes.copies}>
          {counted(item.copies, "copy", "copies")} of it {item.copies === 1 ? "waits" : "wait"} too. Hold{" "}
          <kbd>Shift</kbd> to decide all of them at once.
        </p>
      ) : null}
    </div>
  );
}

interface PressProps {
  hint: string | undefined;
  name: string;
  kind?: "approve" | "remove";
  pressed?: boolean | undefined;
  /** `copies`: whether Shift was held. */
  onPress: (copies: boolean) => void;
}

function Press({ hint, name, kind, pressed, onPress }: PressProps) {
  return (
    <button
      type="button"
      className={classes.press}
      data-kind={kind}
      aria-pressed={pressed}
      aria-keyshortcuts={hint}
      onClick={(event) => onPress(event.shiftKey)}
    >
      {hint === undefined ? null : <kbd aria-hidden="true">{hint}</kbd>} {name}
    </button>
  );
}

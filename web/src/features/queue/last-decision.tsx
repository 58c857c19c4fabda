import { QuietButton } from "../../components/quiet-button";
import { counted } from "../../lib/format";
import classes from "./decide-view.module.css";
import type { Decisions } from "./use-decisions";
import { choiceWords } from "./words";

interface LastDecisionProps {
  decisions: Decisions;
  helpOpen: boolean;
  onHelp: () => void;
}

/** What was decided last, with what the classifier had said, and how to undo it. */
export function LastDecision({ decisions, helpOpen, onHelp }: LastDecisionProps) {
  return (
    <div className={classes.last}>
      <p role="status">{decisions.last ? words(decisions.last) : ""}</p>
      {decisions.canUndo ? (
        <QuietButton onClick={decisions.undo}>
          <kbd>Z</kbd> Undo
        </QuietButton>
      ) : null}
      <QuietButton expanded={helpOpen} onClick={onHelp}>
        <kbd>?</kbd> Keys
      </QuietButton>
    </div>
  );
}

function words({ made, saved }: NonNullable<Decisions["last"]>): string {
  const by = made.item.author === null ? "" : ` (${made.item.author})`;
  const copies = saved && saved.items > 1 ? `, with ${counted(saved.items - 1, "copy", "copies")}` : "";
  return `${choiceWords(made.choice, made.reason)}${by}${copies}. ${agreement(saved)}`.trim();
}

function agreement(saved: NonNullable<Decisions["last"]>["saved"]): string {
  if (!saved || saved.decision.agrees === null) return "";
  const said = (saved.decision.classifier_labels ?? []).join(", ") || "no label";
  return saved.decision.agrees ? "The classifier had said the same." : `The classifier had said ${said}.`;
}

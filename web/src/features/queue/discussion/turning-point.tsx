import { QuietButton } from "../../../components/quiet-button";
import { percent } from "../../../lib/format";
import { probability } from "../../../lib/units";
import type { Turn } from "./timeline";
import type { Track } from "./track";

/** What the timeline needs of a comment. */
export interface Written {
  author: string | undefined;
}

interface Drawn {
  turn: Turn | undefined;
  comments: readonly Written[];
  track: Track;
}

interface TurningPointProps extends Drawn {
  onOpen: (comment: number) => void;
}

/** Where the discussion turned, and a button that opens that comment. */
export function TurningPoint({ onOpen, ...drawn }: TurningPointProps) {
  const { turn } = drawn;
  return (
    <p>
      {turnWords(drawn)}{" "}
      {turn ? <QuietButton onClick={() => onOpen(turn.at)}>Turned here</QuietButton> : null}
    </p>
  );
}

export function turnWords({ turn, comments, track: { label } }: Drawn): string {
  if (!turn) return "No clear turning point.";
  const author = comments[turn.at]?.author;
  const by = author === undefined ? "" : `, by ${author}`;
  const [before, after] = [turn.before, turn.after].map((value) => percent(probability(value)));
  return `Turning point: comment ${turn.at + 1}${by}. On average ${before} ${label} before, ${after} after.`;
}

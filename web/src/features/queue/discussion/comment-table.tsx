import { ScoreCell } from "../../../components/score-cell";
import { VirtualTable, type Column } from "../../../components/virtual-table";
import { count } from "../../../lib/format";
import { excerpt } from "../../../lib/text";
import { probability } from "../../../lib/units";
import { placeOf, sideOf, type Track } from "./track";
import type { Comment } from "./comment";
import { rowsIn, timeWords, type Order } from "./order";
import type { Outcomes } from "./use-outcomes";

interface CommentTableProps {
  comments: readonly Comment[];
  outcomes: Outcomes;
  track: Track;
  current: number;
  order: Order;
  onCurrent: (comment: number) => void;
}

/** The same as the timeline, as a table. */
export function CommentTable({ comments, outcomes, track, current, order, onCurrent }: CommentTableProps) {
  const rows = rowsIn(order, comments, (text) => {
    const outcome = outcomes.of(text);
    return outcome?.kind === "scored" ? placeOf(outcome, track) : undefined;
  });
  const hasAuthors = comments.some(({ author }) => author !== undefined);
  const columns: Column[] = [
    { name: "No.", width: "3rem", phoneWidth: undefined, quiet: true, cell: (row) => count(row + 1) },
    {
      name: "Score",
      width: "13rem",
      phoneWidth: "6.5rem",
      cell: (row) => <Score text={comments[row]?.text ?? ""} outcomes={outcomes} track={track} />,
    },
    ...(hasAuthors
      ? [
          {
            name: "Author",
            width: "7rem",
            phoneWidth: undefined,
            quiet: true,
            cell: (row: number) => comments[row]?.author ?? "",
          },
        ]
      : []),
    ...(comments.some(({ at }) => at !== undefined)
      ? [
          {
            name: "Time",
            width: "8rem",
            phoneWidth: undefined,
            quiet: true,
            cell: (row: number) => timeWords(comments[row]?.at),
          },
        ]
      : []),
    {
      name: "Comment",
      width: "minmax(0, 1fr)",
      phoneWidth: "minmax(0, 1fr)",
      cell: (row) => excerpt(comments[row]?.text ?? ""),
    },
  ];
  return (
    <VirtualTable
      label="Comments"
      columns={columns}
      rows={rows}
      current={current}
      onOpen={onCurrent}
      none="No comments."
    />
  );
}

function Score({ text, outcomes, track }: { text: string; outcomes: Outcomes; track: Track }) {
  const outcome = outcomes.of(text);
  if (!outcome) return "…";
  if (outcome.kind === "error") return "not scored";
  return (
    <ScoreCell
      label={outcome.label}
      certainty={probability(outcome.probability)}
      sure={outcome.sure}
      place={track.isPair ? placeOf(outcome, track) : undefined}
      side={sideOf(outcome, track) ?? "right"}
    />
  );
}

/** The comments with their scores as files: CSV for spreadsheets, JSON Lines for programs. */
import type { Scored } from "../../../api/generated";
import type { Outcome } from "../../../api/score-texts";
import { csvOf } from "../../../lib/csv";
import { DECIMALS } from "../../../scoring/scores";
import type { Comment } from "./comment";

type OutcomeOf = (text: string) => Outcome | undefined;

const COLUMNS = [
  "comment",
  "author",
  "created_at",
  "answers",
  "text",
  "label",
  "probability",
  "sure",
  "error",
];

/** With a column for each of the model's labels. */
export function discussionCsv(
  comments: readonly Comment[],
  of: OutcomeOf,
  labels: readonly string[],
): string {
  const rows = comments.map((comment, place) => {
    const outcome = of(comment.text);
    const scored = outcome?.kind === "scored" ? outcome : undefined;
    return [
      `${place + 1}`,
      comment.author ?? "",
      comment.at ?? "",
      comment.parent === undefined ? "" : `${comment.parent + 1}`,
      comment.text,
      ...(scored ? answerCells(scored) : ["", "", ""]),
      errorOf(outcome) ?? "",
      ...labels.map((label) =>
        written(scored?.probabilities.find((each) => each.label === label)?.probability),
      ),
    ];
  });
  return csvOf([[...COLUMNS, ...labels.map((label) => `p_${label}`)], ...rows]);
}

function answerCells({ label, labels, probabilities, probability, sure }: Scored): string[] {
  const given = labels ?? [label];
  const values = labels
    ? given.map((name) => probabilities.find((each) => each.label === name)?.probability)
    : [probability];
  return [given.join("|"), values.map(written).join("|"), `${sure}`];
}

const written = (probability: number | undefined): string => probability?.toFixed(DECIMALS) ?? "";

const errorOf = (outcome: Outcome | undefined): string | undefined =>
  outcome?.kind === "error" ? outcome.error.code : undefined;

/** One comment a line. What isn't known is null. */
export const discussionJsonLines = (comments: readonly Comment[], of: OutcomeOf): string =>
  comments
    .map((comment, place) => {
      const outcome = of(comment.text);
      const scored = outcome?.kind === "scored" ? outcome : undefined;
      const line = {
        comment: place + 1,
        author: comment.author ?? null,
        created_at: comment.at ?? null,
        answers: comment.parent === undefined ? null : comment.parent + 1,
        text: comment.text,
        labels: scored ? (scored.labels ?? [scored.label]) : null,
        sure: scored?.sure ?? null,
        probabilities: scored
          ? Object.fromEntries(scored.probabilities.map(({ label, probability }) => [label, probability]))
          : null,
        error: errorOf(outcome) ?? null,
      };
      return `${JSON.stringify(line)}\n`;
    })
    .join("");

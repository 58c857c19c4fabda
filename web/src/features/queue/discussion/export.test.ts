import { expect, it } from "vitest";

import type { Outcome } from "../../../api/score-texts";
import { problem, score } from "../../../test/handlers";
import type { Comment } from "./comment";
import { discussionCsv, discussionJsonLines } from "./export";

const COMMENTS: Comment[] = [
  {
    author: "=cmd()",
    text: "wonderful, “moving”",
    quote: "",
    line: 1,
    at: "2026-11-01T10:00:00Z",
    parent: undefined,
  },
  { author: undefined, text: "=1+1\nso dull", quote: "", line: 2, at: undefined, parent: 0 },
  { author: "Cy", text: "too long", quote: "", line: 4, at: undefined, parent: undefined },
  { author: "Di", text: "not scored yet", quote: "", line: 5, at: undefined, parent: undefined },
];
const OUTCOMES = new Map<string, Outcome>([
  ["wonderful, “moving”", score("wonderful", false)],
  ["=1+1\nso dull", score("dull", false)],
  ["too long", { kind: "error", error: { ...problem(422, "text-too-long", "", ""), code: "text-too-long" } }],
]);
const of = (text: string) => OUTCOMES.get(text);

it("a spreadsheet gets each comment with its scores, and no formula", () => {
  const lines = discussionCsv(COMMENTS, of, ["negative", "positive"]);
  expect(lines.replace("\ufeff", "").split("\r\n")).toEqual([
    "comment,author,created_at,answers,text,label,probability,sure,error,p_negative,p_positive",
    expect.stringMatching(
      /^1,'=cmd\(\),2026-11-01T10:00:00Z,,"wonderful, “moving”",positive,0\.\d{6},true,,0\.\d{6},0\.\d{6}$/,
    ),
    expect.stringMatching(/^2,,,1,"'=1\+1\nso dull",negative,0\.\d{6},true,,/),
    "3,Cy,,,too long,,,,text-too-long,,",
    "4,Di,,,not scored yet,,,,,,",
  ]);
});

it("a program gets one JSON object a line", () => {
  const lines = discussionJsonLines(COMMENTS, of).trimEnd().split("\n");
  expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
    { comment: 1, author: "=cmd()", created_at: "2026-11-01T10:00:00Z", labels: ["positive"], error: null },
    { comment: 2, answers: 1, text: "=1+1\nso dull", labels: ["negative"], author: null },
    { comment: 3, labels: null, probabilities: null, error: "text-too-long" },
    { comment: 4, labels: null, sure: null, error: null },
  ]);
});

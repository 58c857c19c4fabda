/** The figures are those of `valence perspective compare` on the same logs: tests/bulk/old-scores.json has them. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { runOf } from "../../scoring/run";
import { read, rowsOf } from "../../test/fake-files";
import { modelList, summary } from "../../test/handlers";
import { agreementOf, type Confusion } from "./agreement";
import { compare, totalLeftOut } from "./comparison";

interface Figures {
  new_threshold: number;
  both: number;
  only_old: number;
  only_new: number;
  neither: number;
}

interface Case {
  name: string;
  file: string;
  threshold: number;
  score_column: string;
  log: string;
  new: Record<string, number>;
  expected: {
    rows: [place: number, text: string, old: number][];
    left_out: number;
    agreement: {
      texts: number;
      pearson: number | null;
      spearman: number | null;
      flagged: number;
      at_old_threshold: Figures;
      at_same_share: Figures | null;
    };
    changed: [place: number, flagged: boolean][];
    anew: number[];
    no_longer: number[];
  };
}

const CASES = JSON.parse(
  readFileSync(join(import.meta.dirname, "../../../../tests/bulk/old-scores.json"), "utf8"),
) as Case[];

/** The log, scored with the case's scores. */
function scored({ file: name, log, new: values }: Case) {
  const type = name.endsWith(".jsonl") ? "application/jsonl" : "text/csv";
  const query = new URLSearchParams();
  const whole = { file: new File([log], name), options: {}, read: rowsOf(read(log, type, query), query) };
  const run = runOf(whole, summary, modelList(summary).limits);
  const { texts, scores } = run;
  texts.forEach((text, row) => {
    const negative = values[text];
    if (negative === undefined) {
      scores.put(row, { kind: "error", error: { code: "unscored", detail: "" } });
      return;
    }
    const probabilities = [
      { label: "negative", probability: negative },
      { label: "positive", probability: 1 - negative },
    ];
    scores.put(row, { ...SCORED, probability: negative, probabilities });
  });
  return run;
}

const SCORED = {
  kind: "scored",
  label: "negative",
  labels: null,
  sure: true,
  tokens: 3,
  windows: 1,
  text: null,
  words: null,
  sentences: null,
  mixed: null,
} as const;

const named = (confusion: Confusion | undefined): Figures | null =>
  confusion === undefined
    ? null
    : {
        new_threshold: confusion.newThreshold,
        both: confusion.both,
        only_old: confusion.onlyOld,
        only_new: confusion.onlyNew,
        neither: confusion.neither,
      };

const closeTo = (value: number | null): unknown => (value === null ? undefined : expect.closeTo(value, 12));

describe("compare", () => {
  it.each(CASES)("has the command's figures: $name", (vector) => {
    const { expected } = vector;
    const run = scored(vector);
    const result = compare(run, {
      scoreColumn: run.table.columns.indexOf(vector.score_column),
      label: "negative",
      oldThreshold: vector.threshold,
    });
    const placeOf = (row: number) => run.places[row];
    expect(result.rows.map(({ row, old }) => [placeOf(row), run.texts[row], old])).toEqual(expected.rows);
    expect(totalLeftOut(result.leftOut)).toBe(expected.left_out);
    const { agreement } = result;
    expect(agreement).toMatchObject({
      texts: expected.agreement.texts,
      flagged: expected.agreement.flagged,
      pearson: closeTo(expected.agreement.pearson),
      spearman: closeTo(expected.agreement.spearman),
    });
    expect(named(agreement?.atOldThreshold)).toEqual(expected.agreement.at_old_threshold);
    expect(named(agreement?.atSameShare)).toEqual(expected.agreement.at_same_share);
    const changes = [
      ...result.anew.map(({ row }) => [placeOf(row), true]),
      ...result.noLonger.map(({ row }) => [placeOf(row), false]),
    ];
    expect(new Set(changes.map(String))).toEqual(new Set(expected.changed.map(String)));
    expect(result.anew.slice(0, 3).map(({ row }) => placeOf(row))).toEqual(expected.anew);
    expect(result.noLonger.slice(0, 3).map(({ row }) => placeOf(row))).toEqual(expected.no_longer);
  });

  it("says why rows are left out", () => {
    const [vector] = CASES;
    const run = scored(vector!);
    const { leftOut } = compare(run, { scoreColumn: 2, label: "negative", oldThreshold: 0.8 });
    expect(leftOut).toEqual({
      unreadable: 0,
      withoutText: 1,
      withoutOldScore: 1,
      invalidOldScore: 3,
      notScored: 1,
    });
  });
});

it("gives no correlation of equal scores, whose mean isn’t exact", () => {
  expect(agreementOf([0.1, 0.1, 0.1], [0.2, 0.3, 0.4], 0.8).pearson).toBeUndefined();
});

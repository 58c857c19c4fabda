/** A fake API. Its responses have the generated types, so they can't differ from the real API's. */
import { http, HttpResponse } from "msw";

import type {
  FeedbackPolicy,
  FeedbackReceipt,
  FeedbackRequest,
  ModelDetail,
  ModelList,
  ModelSummary,
  PredictRequest,
  PredictResponse,
  Problem,
  Result,
  Scored,
} from "../api/generated";

import measuredJson from "./measured.json";

/**
 * Real output of `valence evaluate` for the bundled model. Its learning curve is from another data set and
 * `valence transfer --learning-curve`, because evaluation trains nothing.
 */
export const measured: Result = measuredJson as Result;

export const PREDICT = "*/api/v1/predict";
/** The request ID of every response. */
export const REQUEST_ID = "4bf92f3577b34da6a3ce929d0e0e4736";
export const FEEDBACK = "*/api/v1/feedback";
export const POLICY = "*/api/v1/feedback/policy";
export const MODELS = "*/api/v1/models";
export const MODEL = "*/api/v1/models/:name";

export const summary: ModelSummary = {
  name: "reviews",
  default: true,
  labels: ["negative", "positive"],
  multi_label: false,
  thresholds: null,
  base: "minilm",
  version: { name: "reviews", body: "3f0c9a1be2d4", head: "9b1d52c07e6a" },
  sure_from: 0.7,
  clean: "none",
};

export const modelList = (...models: ModelSummary[]): ModelList => ({
  models,
  limits: { max_texts: 128, max_explained_texts: 8, max_text_chars: 200, max_body_bytes: 1_048_576 },
});

const result = (name: string, accuracy: number): Result => ({
  name,
  data: "sst2",
  split: "test",
  rows: 872,
  metrics: {
    accuracy: { value: accuracy, low: accuracy - 0.02, high: accuracy + 0.02 },
    ece: { value: 0.021, low: 0.011, high: 0.032 },
  },
  cross_validation: null,
  caution: null,
  multi_label: false,
  labels: ["negative", "positive"],
  confusion: [
    [371, 57],
    [58, 386],
  ],
  per_class: null,
  confused: null,
  mistakes: null,
  reliability: null,
  calibration: null,
  roc: null,
  precision_recall: null,
  score_histogram: null,
  thresholds: null,
  slices: null,
  known_failures: null,
  label_check: null,
  learning_curve: null,
  command: "valence transfer --from models/imdb --data sst2 --out models/sst2",
  data_checksum: "8d2c0f4e",
  seed: 42,
  wall_time_s: 88.1,
  peak_memory_mb: 910,
  trained_parameters: 770,
  processor: "one of two cores",
});

export const detail: ModelDetail = {
  ...summary,
  card: "---\nlicense: apache-2.0\n---\n# reviews\n\nA card. <script>alert(1)</script>\n\n[a trap](javascript:alert(1))\n\n## Limits\n\n- English only.\n",
  max_tokens: 256,
  instructions: "avx2",
  licence: "Apache-2.0",
  readout: "final",
  results: [result("Only the final layer changed", 0.868)],
  comparisons: [result("Bag of words", 0.801)],
  provenance: { commands: ["valence pretrain --data imdb"], rows: 60614, versions: { torch: "2.12.0" } },
};

export const problem = (
  status: number,
  code: string,
  title: string,
  text: string,
  offers: Problem["offers"] = [],
): Problem => ({
  type: `/docs/errors#${code}`,
  title,
  status,
  detail: text,
  code,
  errors: [],
  offers,
});

export const refuse = (body: Problem, headers: Record<string, string> = {}) =>
  HttpResponse.json(body, {
    status: body.status,
    headers: { "Content-Type": "application/problem+json", ...headers },
  });

/** 96% positive for "wonderful", 91% negative for "dull", else 55% positive, which is not sure. */
export function score(text: string, explain: boolean): Scored {
  const positive = text.includes("wonderful") ? 0.96 : text.includes("dull") ? 0.09 : 0.55;
  const label = positive >= 0.5 ? "positive" : "negative";
  const probability = Math.max(positive, 1 - positive);
  return {
    kind: "scored",
    label,
    labels: null,
    probability,
    sure: probability >= summary.sure_from,
    probabilities: [
      { label: "negative", probability: 1 - positive },
      { label: "positive", probability: positive },
    ],
    text: null,
    tokens: text.split(" ").length + 2,
    windows: text.length > 400 ? 3 : 1,
    words: explain ? effects(text) : null,
    sentences: explain ? [] : null,
    mixed: explain ? false : null,
  };
}

/** "wonderful" and "dull" matter, other words hardly. Offsets are in code points, as in the API. */
function effects(text: string): Scored["words"] {
  return [...text.matchAll(/[\p{L}']+/gu)].map((match) => {
    const start = Array.from(text.slice(0, match.index)).length;
    const strong = /wonderful|dull/.test(match[0]);
    return {
      start,
      end: start + Array.from(match[0]).length,
      effect: strong ? 0.4 : 0.001,
      log_odds: strong ? Math.log(4) : 0.01,
      marked: strong,
    };
  });
}

export const answerTo = (...results: PredictResponse["results"]): PredictResponse => ({
  model: summary.version,
  results,
  took_ms: 7.9,
});

export const receiptOf = ({ id, text }: FeedbackRequest): FeedbackReceipt => ({
  id,
  text_kept: text !== null && text !== undefined,
});

export const handlers = [
  http.get(POLICY, () => HttpResponse.json<FeedbackPolicy>({ texts_kept: false })),
  http.get(MODELS, () => HttpResponse.json(modelList(summary))),
  http.get(MODEL, () => HttpResponse.json(detail)),
  http.post<never, PredictRequest>(PREDICT, async ({ request }) => {
    const { text, explain } = await request.json();
    return HttpResponse.json(answerTo(score(text ?? "", explain ?? false)), {
      headers: { "X-Request-ID": REQUEST_ID },
    });
  }),
];

/** All addresses that the pages link to. */
export const paths = {
  tryIt: "/",
  many: "/many",
  discussion: "/discussion",
  model: "/model",
  developers: "/developers",
  queue: "/queue",
  train: "/train",
  perspective: "/perspective",
  reference: "/docs",
  errors: "/docs/errors",
  predict: "/api/v1/predict",
  openapi: "/openapi.json",
  /** Of a classifier that is published: what a preview of the link shows of it is there. */
  classifierNamed: (name: string) => `/c/${encodeURIComponent(name)}`,
  modelNamed: (name: string) => `/model?name=${encodeURIComponent(name)}`,
} as const;

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
  modelNamed: (name: string) => `/model?name=${encodeURIComponent(name)}`,
} as const;

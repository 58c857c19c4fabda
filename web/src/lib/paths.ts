/** Every address that the page links to, in one place. */
export const paths = {
  tryIt: "/",
  many: "/many",
  discussion: "/discussion",
  model: "/model",
  reference: "/docs",
  openapi: "/openapi.json",
  modelNamed: (name: string) => `/model?name=${encodeURIComponent(name)}`,
} as const;

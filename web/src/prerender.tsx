/** Renders each page to HTML; `scripts/prerender.ts` writes the documents. */
import { prerenderToNodeStream } from "react-dom/static";
import { text } from "node:stream/consumers";

import { App } from "./app";
import { paths } from "./lib/paths";

/** The address of each document; `not-found` serves all others. */
export const DOCUMENTS: Readonly<Record<string, string>> = {
  index: paths.tryIt,
  many: paths.many,
  discussion: paths.discussion,
  model: paths.model,
  developers: paths.developers,
  queue: paths.queue,
  train: paths.train,
  perspective: paths.perspective,
  "not-found": "/not-found",
};

/** `nonce` is a placeholder that the server replaces in each response. Rejects if rendering fails. */
export async function prerender(address: string, nonce: string): Promise<string> {
  const { prelude } = await prerenderToNodeStream(<App nonce={nonce} address={address} />, {
    progressiveChunkSize: Infinity, // no streaming, which would need a script
    onError: (error) => {
      throw error;
    },
  });
  return text(prelude);
}

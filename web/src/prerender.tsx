/** A page's HTML before its script has come; `scripts/prerender.ts` puts it into the page's document. */
import { prerenderToNodeStream } from "react-dom/static";
import { text } from "node:stream/consumers";

import { App } from "./app";
import { paths } from "./lib/paths";

/** Each page by its document's name; `not-found` is for all other addresses. */
export const DOCUMENTS: Readonly<Record<string, string>> = {
  index: paths.tryIt,
  many: paths.many,
  discussion: paths.discussion,
  model: paths.model,
  developers: paths.developers,
  "not-found": "/not-found",
};

/** `nonce` stands wherever the server is to put each copy's own. Rejects where the page breaks. */
export async function prerender(address: string, nonce: string): Promise<string> {
  const { prelude } = await prerenderToNodeStream(<App nonce={nonce} address={address} />, {
    progressiveChunkSize: Infinity, // all in its place: what comes later would be put there by a script
    onError: (error) => {
      throw error;
    },
  });
  return text(prelude);
}

import { expect, test } from "vitest";

import { DOCUMENTS, prerender } from "./prerender";

test("every page in the navigation has a document", async () => {
  const page = await prerender(DOCUMENTS["index"] ?? "", "nonce");
  const navigation = /<nav[^>]*aria-label="Pages".*?<\/nav>/s.exec(page)?.[0] ?? "";
  const led = [...navigation.matchAll(/href="([^"]+)"/g)].map(([, address]) => address);
  expect(led).toHaveLength(5);
  expect(Object.values(DOCUMENTS)).toEqual(expect.arrayContaining(led));
});

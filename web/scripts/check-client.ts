/** Fails if src/api/generated doesn't match openapi.json. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { createClient } from "@hey-api/openapi-ts";

import config from "../openapi-ts.config.ts";

const COMMITTED = join(import.meta.dirname, "../src/api/generated");

function contents(folder: string): Map<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return new Map(
    files.map((file) => {
      const path = join(file.parentPath, file.name);
      return [path.slice(folder.length), readFileSync(path, "utf8")];
    }),
  );
}

const fresh = mkdtempSync(join(tmpdir(), "valence-client-"));
try {
  await createClient({ ...(await config), output: { path: fresh }, logs: { level: "silent", file: false } });
  const [expected, committed] = [contents(fresh), contents(COMMITTED)];
  const stale = [...new Set([...expected.keys(), ...committed.keys()])].filter(
    (name) => expected.get(name) !== committed.get(name),
  );
  if (stale.length > 0) {
    console.error(`The API client is stale (${stale.join(", ")}). Run npm run client.`);
    process.exitCode = 1;
  }
} finally {
  rmSync(fresh, { recursive: true });
}

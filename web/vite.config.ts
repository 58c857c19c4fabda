import { join } from "node:path";

import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// The API for `npm run dev`.
const api = process.env.VALENCE_API ?? "http://127.0.0.1:8000";

export default defineConfig({
  plugins: [react()],
  build: {
    outDir: "../src/valence/server/static",
    emptyOutDir: true,
    manifest: true, // maps pages to files, for scripts/prerender.ts
    assetsInlineLimit: 0, // the Content Security Policy allows no data: fonts
    target: "es2022",
  },
  resolve: {
    alias: [{ find: /^fflate$/, replacement: join(import.meta.dirname, "src/lib/fflate-sync.ts") }],
  },
  worker: { format: "es" }, // so that a library for a kind of file is loaded only when one comes
  server: { proxy: { "/api": api, "/docs": api, "/openapi.json": api, "/readyz": api } },
  test: {
    css: { modules: { classNameStrategy: "non-scoped" } },
    testTimeout: 30_000,
    restoreMocks: true,
    projects: [
      { extends: true, test: { name: "logic", environment: "node", include: ["src/**/*.test.ts"] } },
      {
        extends: true,
        test: {
          name: "page",
          environment: "jsdom",
          include: ["src/**/*.test.tsx"],
          setupFiles: ["src/test/setup.ts"],
        },
      },
    ],
  },
});

import js from "@eslint/js";
import boundaries from "eslint-plugin-boundaries";
import checkFile from "eslint-plugin-check-file";
import reactHooks from "eslint-plugin-react-hooks";
import { defineConfig, globalIgnores } from "eslint/config";
import tseslint from "typescript-eslint";

/** Allowed imports. A feature sees itself and the layers below, so a new feature needs no new line here. */
const MAY_IMPORT = {
  lib: ["lib"],
  api: ["api", "lib"],
  components: ["components", "lib"],
  feedback: ["feedback", "api", "components", "lib"],
  reading: ["reading", "api", "components", "lib"],
  scoring: ["scoring", "reading", "api", "components", "lib"],
  explanation: ["explanation", "api", "components", "lib"],
  "signed-in": ["signed-in", "api", "components", "lib"],
  feature: ["feedback", "reading", "scoring", "explanation", "signed-in", "api", "components", "lib"],
  shell: ["components", "lib"],
  test: ["api", "lib", "root"],
  root: ["root", "shell", "feature", "feedback", "api", "components", "lib"],
};

const LAYERS = Object.keys(MAY_IMPORT).filter((type) => type !== "feature" && type !== "root");

export default defineConfig(
  globalIgnores(["src/api/generated", "node_modules", "screenshots", "test-results"]),
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: { allowDefaultProject: ["*.js"] } } },
    rules: {
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "max-lines-per-function": ["error", { max: 60, skipComments: true, skipBlankLines: true }],
    },
  },
  { files: ["*.js"], extends: [tseslint.configs.disableTypeChecked] },
  {
    files: ["src/**/*.{ts,tsx}"],
    plugins: { boundaries, "check-file": checkFile },
    extends: [reactHooks.configs.flat.recommended],
    settings: {
      "import/resolver": { typescript: { project: "tsconfig.app.json" } },
      "boundaries/elements": [
        ...LAYERS.map((type) => ({ type, pattern: `src/${type}` })),
        { type: "feature", pattern: "src/features/*", capture: ["name"] },
        { type: "root", pattern: "src" },
      ],
    },
    rules: {
      "boundaries/dependencies": [
        "error",
        {
          default: "disallow",
          policies: [
            ...Object.entries(MAY_IMPORT).map(([type, allowed]) => ({
              from: { element: { type } },
              allow: { to: { element: { types: { anyOf: allowed } } } },
            })),
            {
              from: { element: { type: "feature" } },
              allow: {
                to: { element: { type: "feature", captured: { name: "{{from.element.captured.name}}" } } },
              },
            },
            { allow: { to: { module: { origin: ["external", "core"] } } } },
          ],
        },
      ],
      "check-file/filename-naming-convention": [
        "error",
        { "**/*.{ts,tsx}": "KEBAB_CASE" },
        { ignoreMiddleExtensions: true },
      ],
    },
  },
  {
    files: ["src/**/*.{test,testing}.{ts,tsx}"],
    rules: {
      "boundaries/dependencies": "off",
      "max-lines-per-function": "off",
      "@typescript-eslint/no-non-null-assertion": "off",
    },
  },
  { files: ["e2e/**"], rules: { "max-lines-per-function": "off" } },
);

/** TypeScript accepts any class name of a CSS module, and one that doesn't exist is silently unstyled. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { expect, test } from "vitest";

const SOURCES = import.meta.dirname;
const MODULE = /import (\w+) from "(\.[^"]+\.module\.css)"/g;

const files = readdirSync(SOURCES, { recursive: true, encoding: "utf8" });
const components = files.filter((name) => name.endsWith(".tsx"));
const read = (name: string) => readFileSync(join(SOURCES, name), "utf8");

interface Use {
  component: string;
  module: string;
  names: string[];
}

/** The classes of each module that a component names. */
function usesIn(component: string): Use[] {
  const code = read(component);
  return [...code.matchAll(MODULE)].map(([, variable = "", path = ""]) => ({
    component,
    module: join(dirname(component), path),
    names: [...code.matchAll(new RegExp(`\\b${variable}\\.(?!module\\.css)(\\w+)`, "g"))].map(
      ([, name = ""]) => name,
    ),
  }));
}

const classesOf = (module: string) =>
  new Set([...read(module).matchAll(/\.([a-zA-Z]\w*)/g)].map(([, name = ""]) => name));

const uses = components.flatMap(usesIn);

test("every class that a component uses is in its module", () => {
  const missing = uses.flatMap(({ component, module, names }) => {
    const classes = classesOf(module);
    return names.filter((name) => !classes.has(name)).map((name) => `${component}: ${name}`);
  });
  expect(uses.length).toBeGreaterThan(20);
  expect(missing).toEqual([]);
});

test("every data attribute that a style selects is set by a component", () => {
  const markup = components.map(read).join("");
  const selected = files
    .filter((name) => name.endsWith(".css"))
    .flatMap((name) => [...read(name).matchAll(/\[(data-[\w-]+)/g)].map(([, attribute = ""]) => attribute))
    .filter((attribute) => !attribute.startsWith("data-mantine"));
  expect(selected.filter((attribute) => !markup.includes(attribute))).toEqual([]);
});

import examples from "./examples.json";

/** An example text. A test checks the bundled model's answer to each. */
export interface Example {
  kind: string;
  text: string;
  /** The label a person would give; null if even a person couldn't tell. */
  expected: string | null;
  /** Why the bundled model gets it wrong, if it does. */
  mistake?: string;
}

export const EXAMPLES: readonly Example[] = examples;

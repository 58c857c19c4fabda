import examples from "./examples.json";

/** A text to start from. A test holds that the bundled model answers each one as it says here. */
export interface Example {
  kind: string;
  text: string;
  /** The label that a person would give; null where a person would not decide either. */
  meant: string | null;
  /** Why, where the bundled model is known to get it wrong. */
  mistake?: string;
}

export const EXAMPLES: readonly Example[] = examples;

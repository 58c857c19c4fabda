/** How the server reads a file that is added. */
import { optionsToScore } from "../../api/files";
import type { AddExampleFileData } from "../../api/generated";
import { listed, shownOptions, type Choosing } from "../../reading/choosing";
import { alikeIn } from "./label-look";

export interface FileToSend {
  file: File;
  query: NonNullable<AddExampleFileData["query"]>;
}

interface Wanted {
  /** The column that says who wrote each text. */
  author: string | undefined;
  addLabels: boolean;
  /** Whether the texts are to be labelled, whatever labels the file has. */
  toLabel: boolean;
}

export function fileToSend(stage: Choosing, { author, addLabels, toLabel }: Wanted): FileToSend {
  const { file, preview } = stage;
  const { label_separator } = stage.options;
  const others = optionsToScore(shownOptions(stage));
  return {
    file,
    query: {
      clean: "none",
      ...others,
      ...(toLabel
        ? { unlabelled: true }
        : {
            label_column: listed(preview.label_columns),
            new_labels: addLabels ? "add" : "stop",
            ...(label_separator === undefined ? {} : { label_separator }),
          }),
      ...(author === undefined ? {} : { author_column: author }),
    },
  };
}

/** The labels of a file that the classifier doesn't have yet, in their most frequent spelling. */
export const newLabelsIn = ({ preview }: Choosing, known: readonly string[]): string[] =>
  preview.labels
    .map(({ label }) => label)
    .reduce<string[]>(
      (found, label) => (alikeIn([...known, ...found], label) ? found : [...found, label]),
      [],
    );

/** The labels of a file that the classifier spells in another way. */
export const otherSpellings = (
  { preview }: Choosing,
  known: readonly string[],
): { label: string; known: string }[] =>
  preview.labels.flatMap(({ label }) => {
    const alike = known.includes(label) ? undefined : alikeIn(known, label);
    return alike === undefined ? [] : [{ label, known: alike }];
  });

/** What is sent of a file: the columns that were chosen, as CSV, and how the server reads them. */
import Papa from "papaparse";

import type { AddExampleFileData } from "../../api/generated";
import type { Choosing } from "../../reading/choosing";

export interface FileToSend {
  csv: string;
  query: NonNullable<AddExampleFileData["query"]>;
}

/** `author`: the column that says who wrote each text. Without a column of labels the texts are to be labelled. */
export function fileToSend(stage: Choosing, author: number | undefined, addLabels: boolean): FileToSend {
  const { table, column, labelColumns, labelSeparator, labels, missing, clean } = stage;
  const sent = [...new Set([column, ...labelColumns, ...(author === undefined ? [] : [author])])];
  const name = (at: number) => table.columns[at] ?? "";
  // Prodigy: labels that were rejected or ignored don't count.
  const answer = stage.reading.understood.tool === "Prodigy" ? table.columns.indexOf("answer") : -1;
  const counts = (row: readonly string[]) => answer < 0 || row[answer] === "accept";
  const rows = table.rows.map((row) =>
    sent.map((at) => (labelColumns.includes(at) && !counts(row) ? "" : (row[at] ?? ""))),
  );
  const listed = (names: readonly string[]) => Papa.unparse([names]);
  return {
    csv: Papa.unparse([sent.map(name), ...rows], { newline: "\r\n" }),
    query: {
      text_column: name(column),
      clean: clean ? "forum" : "none",
      ...(labelColumns.length === 0
        ? { unlabelled: true }
        : { label_column: listed(labelColumns.map(name)), new_labels: addLabels ? "add" : "stop" }),
      ...(labelSeparator === undefined ? {} : { label_separator: labelSeparator }),
      ...(missing ? { missing: listed([...labels.missing.keys()]) } : {}),
      ...(author === undefined ? {} : { author_column: name(author) }),
    },
  };
}

/** The labels of a file that the classifier doesn't have yet. */
export const newLabelsIn = ({ labels }: Choosing, known: readonly string[]): string[] =>
  [...labels.counts.keys()].filter((label) => !known.includes(label));

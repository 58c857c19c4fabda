/** A file that was read, and what the user chooses of it before it is scored. Pure functions. */
import { guessLabelColumns, hasText, summarizeLabels, type LabelSummary } from "./reading/labels";
import type { GoodReading, Note, ReadOptions } from "./reading/options";
import { guessHeader, guessTextColumn, tableOf, type Table } from "./reading/table";

/** What decides which texts are scored. Stored with a run, so that a reload makes the same texts. */
export interface Choices {
  options: ReadOptions;
  hasHeader: boolean;
  /** The column with the texts. */
  column: number;
  /** Whether words such as "nan" count as missing texts. */
  missing: boolean;
}

export interface Choosing extends Choices {
  kind: "choosing";
  file: File;
  reading: GoodReading;
  table: Table;
  labelColumns: readonly number[];
  /** Between the labels in a cell. */
  labelSeparator: string | undefined;
  labels: LabelSummary;
  notes: Note[];
  /** Whether the file is being read again with other options; this reading stays until then. */
  isRereading: boolean;
}

/** A newly read file with every guess; `previous` choices stay as long as the columns do. */
export function choosingOf(
  file: File,
  options: ReadOptions,
  reading: GoodReading,
  previous?: Choosing,
): Choosing {
  const fresh = withHeader(
    { file, options, reading, missing: previous?.missing ?? false },
    guessHeader(reading.table),
  );
  if (!previous) return fresh;
  const same = previous.hasHeader === fresh.hasHeader ? fresh : withHeader(fresh, previous.hasHeader);
  return same.table.columns.join("\n") === previous.table.columns.join("\n")
    ? choosing({ ...same, column: previous.column, labelColumns: previous.labelColumns })
    : fresh;
}

type Read = Pick<Choosing, "file" | "options" | "reading" | "missing">;

export function withHeader({ file, options, reading, missing }: Read, hasHeader: boolean): Choosing {
  const { notes, ...table } = tableOf(reading.table, hasHeader);
  const column = guessTextColumn(table);
  const labelColumns = guessLabelColumns(table, column);
  const labelSeparator = undefined;
  return choosing({
    file,
    options,
    reading,
    missing,
    hasHeader,
    table,
    column,
    labelColumns,
    labelSeparator,
    notes,
  });
}

export function withColumn(stage: Choosing, column: number): Choosing {
  return choosing({ ...stage, column, labelColumns: guessLabelColumns(stage.table, column) });
}

export const withLabels = (stage: Choosing, labelColumns: readonly number[]): Choosing =>
  choosing({ ...stage, labelColumns, labelSeparator: undefined });

export const withLabelSeparator = (stage: Choosing, labelSeparator: string | undefined): Choosing =>
  choosing({ ...stage, labelSeparator });

export const withMissing = (stage: Choosing, missing: boolean): Choosing => choosing({ ...stage, missing });

/** The texts to be scored; "" for a row without one. */
export const textsOf = ({ table, column, missing }: Choosing): string[] =>
  table.rows.map((row) => (hasText(row[column], missing) ? (row[column] ?? "") : ""));

function choosing(chosen: Omit<Choosing, "kind" | "labels" | "isRereading">): Choosing {
  const { table, column, reading, labelColumns: columns, labelSeparator: separator, missing } = chosen;
  const labels = summarizeLabels(table, column, reading.understood, { columns, separator, missing });
  return { ...chosen, kind: "choosing", labels, isRereading: false };
}

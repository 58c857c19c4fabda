/** A file that was read, and what the user chooses of it before it is scored. Pure functions. */
import { guessLabelColumns, hasText, summarizeLabels, type LabelSummary } from "./labels";
import type { ReadOptions } from "./options";
import type { GoodReading, Note } from "./result";
import { guessHeader, guessTextColumn, tableOf, type Table } from "./table";

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
  /** The texts to be scored; "" for a row without one. */
  texts: string[];
  /** Whether forum posts are reduced to their authors' words; undefined until it is known whether they are posts. */
  clean: boolean | undefined;
  /** The cells of the column without quotes, code and signatures; undefined if not, or not yet. */
  own: readonly string[] | undefined;
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
  const kept = { missing: previous?.missing ?? false, clean: previous?.clean };
  const fresh = withHeader({ file, options, reading, ...kept }, guessHeader(reading.table));
  if (!previous) return fresh;
  const same = previous.hasHeader === fresh.hasHeader ? fresh : withHeader(fresh, previous.hasHeader);
  return same.table.columns.join("\n") === previous.table.columns.join("\n")
    ? choosing({ ...same, column: previous.column, labelColumns: previous.labelColumns })
    : fresh;
}

type Read = Pick<Choosing, "file" | "options" | "reading" | "missing" | "clean">;

export function withHeader({ file, options, reading, missing, clean }: Read, hasHeader: boolean): Choosing {
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
    clean,
    own: undefined,
  });
}

const NOT_CLEANED = { clean: undefined, own: undefined };

export function withColumn(stage: Choosing, column: number): Choosing {
  return choosing({ ...stage, column, labelColumns: guessLabelColumns(stage.table, column), ...NOT_CLEANED });
}

export const withLabels = (stage: Choosing, labelColumns: readonly number[]): Choosing =>
  choosing({ ...stage, labelColumns, labelSeparator: undefined });

export const withLabelSeparator = (stage: Choosing, labelSeparator: string | undefined): Choosing =>
  choosing({ ...stage, labelSeparator });

export const withMissing = (stage: Choosing, missing: boolean): Choosing => choosing({ ...stage, missing });

export const withClean = (stage: Choosing, clean: boolean): Choosing =>
  choosing({ ...stage, clean, own: undefined });

/** `own`: undefined if the code that cleans couldn't be loaded. */
export const withOwn = (stage: Choosing, own: readonly string[] | undefined): Choosing =>
  choosing({ ...stage, own, clean: own !== undefined });

/** Whether it is known which texts would be scored. */
export const isReady = ({ clean, own, isRereading }: Choosing): boolean =>
  !isRereading && (clean === false || (clean === true && own !== undefined));

/** The cells of the column with the texts, as they are. */
export const cellsOf = ({ table, column }: Pick<Choosing, "table" | "column">): string[] =>
  table.rows.map((row) => row[column] ?? "");

/** Where each row begins in the file, from 1. */
export const placesOf = ({ reading, hasHeader }: Choosing): readonly number[] =>
  hasHeader ? reading.table.places.slice(1) : reading.table.places;

function choosing(chosen: Omit<Choosing, "kind" | "labels" | "texts" | "isRereading">): Choosing {
  const { table, column, reading, labelColumns: columns, labelSeparator: separator, missing, own } = chosen;
  const labels = summarizeLabels(table, column, reading.understood, { columns, separator, missing });
  const texts = (own ?? cellsOf(chosen)).map((text) => (hasText(text, missing) ? text : ""));
  return { ...chosen, kind: "choosing", labels, texts, isRereading: false };
}

/** Parquet, by hyparquet, which is loaded only when such a file comes. */
import type { Compressors, FileMetaData } from "hyparquet";

import { loadCode } from "./load-code";
import type { GoodReading } from "./result";
import { UnreadableFileError } from "./problem";
import { dateText } from "./values";

export async function readParquet(bytes: Uint8Array, mostRows: number): Promise<GoodReading> {
  const { parquetMetadata, parquetReadObjects } = await loadCode(import("hyparquet"));
  const file = bytes.slice().buffer;
  try {
    const metadata = parquetMetadata(file);
    if (Number(metadata.num_rows) > mostRows) throw tooMany(Number(metadata.num_rows), mostRows);
    const columns = topColumns(metadata);
    const classes = classNames(metadata);
    const objects = await parquetReadObjects({ file, metadata, compressors: await compressorsFor(metadata) });
    const rows = objects.map((object) => columns.map((name) => asText(object[name], classes.get(name))));
    const table = { columns, rows, places: rows.map((_, i) => i + 1), unit: "row" } as const;
    return { table, understood: { format: "parquet" }, bad: [], notes: [] };
  } catch (error) {
    if (error instanceof UnreadableFileError) throw error;
    throw new UnreadableFileError(
      "file-damaged",
      "The Parquet file is damaged or of an unknown kind",
      `${error instanceof Error ? error.message : ""} Write it again, or save it as CSV.`.trim(),
    );
  }
}

async function compressorsFor({ row_groups }: FileMetaData): Promise<Compressors> {
  const { codecs } = await loadCode(import("./parquet-codecs"));
  const isBrotli = row_groups.some(({ columns }) =>
    columns.some(({ meta_data }) => meta_data?.codec === "BROTLI"),
  );
  return isBrotli
    ? { ...codecs, BROTLI: (await loadCode(import("./parquet-brotli"))).decompressBrotli }
    : codecs;
}

const topColumns = ({ schema }: FileMetaData): string[] => {
  const names: string[] = [];
  let nested = 0; // elements that belong to the column before them
  for (const { name, num_children } of schema.slice(1)) {
    if (nested === 0) names.push(name);
    else nested -= 1;
    nested += num_children ?? 0;
  }
  return names;
};

/** Column -> names of its classes, if Hugging Face's datasets stored them. */
function classNames({ key_value_metadata }: FileMetaData): Map<string, string[]> {
  const stored = key_value_metadata?.find(({ key }) => key === "huggingface")?.value;
  const parsed =
    stored === undefined ? {} : (JSON.parse(stored) as { info?: { features?: Record<string, Feature> } });
  const named = Object.entries(parsed.info?.features ?? {}).flatMap(([column, feature]) =>
    feature._type === "ClassLabel" && feature.names ? [[column, feature.names] as const] : [],
  );
  return new Map(named);
}

interface Feature {
  _type?: string;
  names?: string[];
}

function asText(value: unknown, classes: readonly string[] | undefined): string {
  if (typeof value === "string") return value;
  if (value === null || value === undefined) return "";
  if (classes && (typeof value === "bigint" || typeof value === "number"))
    return classes[Number(value)] ?? "";
  if (value instanceof Date) return dateText(value);
  if (typeof value === "bigint" || typeof value === "number" || typeof value === "boolean") return `${value}`;
  return JSON.stringify(value, (_key, part: unknown) => (typeof part === "bigint" ? Number(part) : part));
}

const tooMany = (rows: number, most: number) =>
  new UnreadableFileError(
    "file-too-large",
    "The file has too many rows for this page",
    `It has ${rows.toLocaleString("en")} and the limit is ${most.toLocaleString("en")}. Split it, or score it with the command: valence score.`,
  );

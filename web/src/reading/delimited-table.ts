/** CSV and TSV: what separates and quotes the cells, told from the whole text. */
import { parseDelimited, sniffSeparator, withoutRagged, type Records } from "./delimited";
import type { ReadOptions } from "./options";
import type { GoodReading, Note, Quoting, Understood } from "./result";

/** Excel's hint to itself. */
const SEPARATOR_LINE = /^"?sep=([^\r\n"])"?(\r\n|\n|\r)/i;

/** The rows, and those that can't be read. `name` tells whether cells are separated by tabs. */
export function readDelimited(name: string, text: string, options: ReadOptions): GoodReading {
  const hint = SEPARATOR_LINE.exec(text);
  const [from, line] = hint ? [hint[0].length, 2] : [0, 1];
  const separator =
    options.separator ?? hint?.[1] ?? (/\.(tsv|tab)$/i.test(name) ? "\t" : sniffSeparator(text.slice(from)));
  const read = (quoting: Quoting) =>
    withoutRagged(parseDelimited(text, { separator, quoting }, { from, line }));
  const { quoting, records } = bestQuoting(text, separator, read);
  const understood: Understood = { format: "delimited", separator, quoting };
  const notes: Note[] = [];
  if (hint) notes.push({ code: "separator-line", text: "The first line, sep=…, was obeyed and left out." });
  if (quoting === "backslash") {
    notes.push({ code: "backslash-quotes", text: 'Quotation marks inside cells are written as \\".' });
  }
  const { rows, places, bad } = records;
  return { table: { columns: undefined, rows, places, unit: "line" }, understood, bad, notes };
}

/**
 * Quotation marks are doubled within quoted cells, unless backslashes read the whole file and doubling doesn't. Cells
 * separated by tabs often aren't quoted: then quotation marks are part of the texts.
 */
function bestQuoting(text: string, separator: string, read: (quoting: Quoting) => Records) {
  if (separator === "\t" && !/(^|[\t\r\n])"/.test(text))
    return { quoting: "none", records: read("none") } as const;
  const doubled = { quoting: "doubled", records: read("doubled") } as const;
  const isWhole = doubled.records.bad.length === 0;
  if (
    separator === "\t" &&
    (!isWhole || doubled.records.rows.some((row) => row.some((cell) => cell.includes("\t"))))
  ) {
    const plain = read("none");
    if (plain.bad.length <= doubled.records.bad.length) return { quoting: "none", records: plain } as const;
  }
  if (isWhole || !text.includes('\\"')) return doubled;
  const records = read("backslash");
  return records.bad.length === 0 ? ({ quoting: "backslash", records } as const) : doubled;
}

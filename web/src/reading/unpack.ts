/** Unpacks gzip, Zstandard and zip. The libraries are loaded only when such a file comes. */
import { loadCode } from "./load-code";
import { packingOf, type Packing } from "./kind";
import type { ReadOptions } from "./options";
import type { Understood } from "./result";
import { UnreadableFileError } from "./problem";

export interface Unpacked {
  name: string;
  bytes: Uint8Array;
  /** What it was unpacked from; empty if it wasn't packed. */
  from: Pick<Understood, "archive" | "member">;
  /** Whether it is a workbook, which is a zip archive itself. */
  workbook: boolean;
}

const TABLE = /\.(csv|tsv|tab|jsonl|ndjson|json|txt|parquet|xlsx)$/i;
const NAMES: Record<Packing, string> = { gz: "gzip", zst: "Zstandard", zip: "zip" };

/** The file itself if it isn't packed. Throws UnreadableFileError if it is damaged, or larger than `most` bytes. */
export async function unpack(
  { name, bytes }: Pick<Unpacked, "name" | "bytes">,
  { member }: ReadOptions,
  most: number,
): Promise<Unpacked> {
  const packing = packingOf(bytes);
  if (packing === undefined) return { name, bytes, from: {}, workbook: false };
  try {
    if (packing === "zip") return await unzip({ name, bytes }, member, most);
    const unpacked = packing === "gz" ? await gunzip(bytes, most) : await unzstd(bytes, most);
    return {
      name: name.replace(/\.(gz|gzip|zst|zstd)$/i, ""),
      bytes: unpacked,
      from: { archive: packing },
      workbook: false,
    };
  } catch (error) {
    if (error instanceof UnreadableFileError) throw error;
    throw new UnreadableFileError(
      "file-damaged",
      `The ${NAMES[packing]} file is damaged or incomplete`,
      "Copy or download it again.",
    );
  }
}

/** By the browser, which checks the checksum but reads only the first of several members. */
async function gunzip(bytes: Uint8Array, most: number): Promise<Uint8Array> {
  try {
    return await inflated(bytes, most);
  } catch (error) {
    const starts = error instanceof UnreadableFileError ? [] : await membersOf(bytes);
    if (starts.length < 2) throw error;
    const parts = await Promise.all(
      starts.map((start, i) => inflated(bytes.subarray(start, starts[i + 1]), most)),
    );
    return joined(parts, most);
  }
}

async function inflated(bytes: Uint8Array, most: number): Promise<Uint8Array> {
  const packed = new ReadableStream<BufferSource>({
    start: (controller) => {
      controller.enqueue(bytes.slice());
      controller.close();
    },
  });
  const stream = packed.pipeThrough(new DecompressionStream("gzip"));
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (const reader = stream.getReader(); ;) {
    const { done, value } = await reader.read();
    if (done) return joined(chunks, most);
    chunks.push(value);
    size += value.length;
    if (size > most) throw tooLarge(most);
  }
}

/** Where each member of a gzip file begins, in bytes. */
async function membersOf(bytes: Uint8Array): Promise<number[]> {
  const { Gunzip } = await loadCode(import("fflate"));
  const starts = [0];
  const reader = new Gunzip(() => undefined);
  reader.onmember = (start) => starts.push(start);
  reader.push(bytes, true);
  return [...new Set(starts)];
}

async function unzstd(bytes: Uint8Array, most: number): Promise<Uint8Array> {
  const { Decompress } = await loadCode(import("fzstd"));
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = new Decompress((chunk) => {
    chunks.push(chunk.slice());
    size += chunk.length;
    if (size > most) throw tooLarge(most);
  });
  reader.push(bytes, true);
  return joined(chunks, most);
}

async function unzip(
  { name, bytes }: Pick<Unpacked, "name" | "bytes">,
  member: string | undefined,
  most: number,
): Promise<Unpacked> {
  const { unzipSync } = await loadCode(import("fflate"));
  const sizes = new Map<string, number>();
  unzipSync(bytes, {
    filter: ({ name: inside, originalSize }) => {
      sizes.set(inside, originalSize);
      return false;
    },
  });
  const all = [...sizes.keys()];
  if (all.includes("xl/workbook.xml") || all.includes("xl/workbook.bin")) {
    return { name, bytes, from: {}, workbook: true };
  }
  const chosen = chosenMember(all, member);
  if ((sizes.get(chosen) ?? 0) > most) throw tooLarge(most);
  const content: Uint8Array | undefined = unzipSync(bytes, {
    filter: ({ name: inside }) => inside === chosen,
  })[chosen];
  if (!content || content.length !== sizes.get(chosen)) throw new Error("The sizes differ.");
  return {
    name: chosen.replace(/^.*\//, ""),
    bytes: content,
    from: { archive: "zip", member: chosen },
    workbook: false,
  };
}

/** The one table in an archive. Throws UnreadableFileError that offers each if there are several. */
function chosenMember(all: readonly string[], member: string | undefined): string {
  if (member !== undefined && all.includes(member)) return member;
  if (
    all.some((inside) => inside.startsWith("word/") || inside.startsWith("ppt/") || inside === "mimetype")
  ) {
    throw new UnreadableFileError(
      "not-a-table",
      "The file is a document, not a table or a text file",
      "Save its table as CSV or as an Excel workbook (.xlsx).",
    );
  }
  const files = all.filter((inside) => !/(^|\/)(\.|__MACOSX\/)|\/$/.test(inside));
  const tables = files.filter((inside) => TABLE.test(inside));
  const candidates = tables.length > 0 ? tables : files;
  const [first] = candidates;
  if (candidates.length === 1 && first !== undefined) return first;
  if (first === undefined) {
    throw new UnreadableFileError(
      "file-empty",
      "The archive is empty",
      "Choose an archive that holds a table.",
    );
  }
  throw new UnreadableFileError(
    "layout-unknown",
    `The archive holds ${candidates.length} files`,
    "Choose the one with the texts.",
    candidates.slice(0, 8).map((inside) => ({ label: `Read ${inside}`, options: { member: inside } })),
  );
}

function joined(chunks: readonly Uint8Array[], most: number): Uint8Array {
  const size = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  if (size > most) throw tooLarge(most);
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

const tooLarge = (most: number) =>
  new UnreadableFileError(
    "file-too-large",
    "The unpacked file is too large for this page",
    `The limit is ${most / 1_000_000} MB. Split it, or score it with the command: valence score.`,
  );

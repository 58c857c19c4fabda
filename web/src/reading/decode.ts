import { UnreadableFileError, type BadRow, type Offer } from "./problem";

/** Encodings to choose from, as TextDecoder names them. */
export const ENCODINGS: readonly { name: string; label: string }[] = [
  { name: "utf-8", label: "Unicode (UTF-8)" },
  { name: "windows-1252", label: "Western European (Windows-1252)" },
  { name: "windows-1250", label: "Central European (Windows-1250)" },
  { name: "windows-1251", label: "Cyrillic (Windows-1251)" },
  { name: "windows-1253", label: "Greek (Windows-1253)" },
  { name: "windows-1254", label: "Turkish (Windows-1254)" },
  { name: "windows-1255", label: "Hebrew (Windows-1255)" },
  { name: "windows-1256", label: "Arabic (Windows-1256)" },
  { name: "shift_jis", label: "Japanese (Shift JIS)" },
  { name: "euc-kr", label: "Korean (EUC-KR)" },
  { name: "gb18030", label: "Chinese (GB 18030)" },
  { name: "big5", label: "Chinese (Big5)" },
  { name: "utf-16le", label: "Unicode (UTF-16)" },
  { name: "utf-16be", label: "Unicode (UTF-16, big-endian)" },
];

const MARKS: readonly { starts: readonly number[]; encoding: string }[] = [
  { starts: [0xef, 0xbb, 0xbf], encoding: "utf-8" },
  { starts: [0xff, 0xfe], encoding: "utf-16le" },
  { starts: [0xfe, 0xff], encoding: "utf-16be" },
];
/** Stands for a byte that can't be decoded: no decoder outputs half a surrogate pair. */
const BAD_BYTE = "\udcff";
/** Characters that no text contains: NUL, and a byte that can't be decoded. */
export const ODD = /[\0\udcff]/;
/** How far to look for zero bytes and for the likely encoding. */
const PROBED_BYTES = 65_536;

export interface Decoded {
  text: string;
  encoding: string;
}

/**
 * Decodes by the byte order mark, else as `encoding`, else as UTF-8. If some bytes of a UTF-8 file can't be decoded, they
 * are marked for `oddIn` to find.
 */
export function decode(bytes: Uint8Array, encoding?: string): Decoded {
  const marked = MARKS.find(({ starts }) => starts.every((byte, i) => bytes[i] === byte))?.encoding;
  const name = encoding ?? marked ?? "utf-8";
  try {
    return { text: new TextDecoder(name, { fatal: true }).decode(bytes), encoding: name };
  } catch {
    return { text: withMarks(bytes, name), encoding: name };
  }
}

/** Decodes line by line, so that a broken line doesn't hide which others are whole. */
function withMarks(bytes: Uint8Array, encoding: string): string {
  const lenient = new TextDecoder(encoding, { ignoreBOM: true });
  if (encoding.startsWith("utf-16")) return lenient.decode(bytes).replaceAll("\ufffd", BAD_BYTE);
  const strict = new TextDecoder(encoding, { fatal: true, ignoreBOM: true });
  const lines: string[] = [];
  for (let start = bytes[0] === 0xef && bytes[1] === 0xbb ? 3 : 0; start < bytes.length;) {
    const end = bytes.indexOf(0x0a, start) + 1 || bytes.length;
    const line = bytes.subarray(start, end);
    try {
      lines.push(strict.decode(line));
    } catch {
      lines.push(lenient.decode(line).replaceAll("\ufffd", BAD_BYTE));
    }
    start = end;
  }
  return lines.join("");
}

/** What is wrong with a row of this text; undefined if its characters are fine. */
export function oddIn(text: string): Omit<BadRow, "place"> | undefined {
  const odd = ODD.exec(text)?.[0];
  if (odd === undefined) return undefined;
  return odd === "\0"
    ? { code: "nul-byte", why: "it has a NUL character, which no text contains" }
    : { code: "encoding-unknown", why: "it has bytes that can’t be decoded" };
}

/** Encodings that the bytes are likely to have, the likeliest first, each as one click. */
export async function likelyEncodings(bytes: Uint8Array, tried: string): Promise<Offer[]> {
  const guessed = await import("chardet").then(
    ({ analyse }) => analyse(bytes.subarray(0, PROBED_BYTES)).map(({ name }) => known(name)),
    () => [], // offline, the most frequent one is offered
  );
  const names = [wideEncoding(bytes), ...guessed];
  const likely = [...new Set(names)].filter((name) => name !== undefined && name !== tried).slice(0, 2);
  if (!likely.includes("windows-1252") && tried !== "windows-1252") likely.push("windows-1252");
  return likely.flatMap((name) => {
    const label = ENCODINGS.find((encoding) => encoding.name === name)?.label;
    return label === undefined || name === undefined
      ? []
      : [{ label: `Read as ${label}`, options: { encoding: name } }];
  });
}

/** UTF-16 without a byte order mark: every second byte of Latin text is zero. */
function wideEncoding(bytes: Uint8Array): string | undefined {
  const probed = bytes.subarray(0, PROBED_BYTES);
  const zeros = [0, 0];
  probed.forEach((byte, i) => {
    if (byte === 0) zeros[i % 2] = (zeros[i % 2] ?? 0) + 1;
  });
  const [even = 0, odd = 0] = zeros;
  if (Math.max(even, odd) < probed.length / 8) return undefined;
  return odd > even ? "utf-16le" : "utf-16be";
}

const SAME: Record<string, string> = {
  "iso-8859-1": "windows-1252",
  "iso-8859-15": "windows-1252",
  "iso-8859-2": "windows-1250",
  "iso-8859-5": "windows-1251",
  "iso-8859-7": "windows-1253",
  "iso-8859-8": "windows-1255",
  "iso-8859-6": "windows-1256",
  "iso-8859-9": "windows-1254",
};

/** chardet's name as one of ENCODINGS. */
function known(name: string): string | undefined {
  const lower = name.toLowerCase();
  const ours = SAME[lower] ?? lower;
  return ENCODINGS.find((encoding) => encoding.name === ours)?.name;
}

/** Throws if many of the characters are NUL, as in a binary file. */
export function checkIsText(text: string, offers: Offer[]): void {
  const probed = text.slice(0, PROBED_BYTES);
  const nuls = probed.split("\0").length - 1;
  if (nuls > probed.length / 20) {
    throw new UnreadableFileError(
      "not-a-table",
      "This is not a text file",
      "This looks like a binary file. Choose a table or a text file, or choose its encoding.",
      offers,
    );
  }
}

/**
 * A discussion in a link: after the #, which browsers never send to a server, as JSON that is compressed (RFC 1951) and
 * written in URL-safe Base64.
 */
import type { Draft } from "./draft";
import { MAX_CHARS } from "./draft";

/** Characters of the packed discussion. Mail programs and chats cut longer links off. */
export const MOST_PACKED_CHARS = 8000;
const CUTS: readonly unknown[] = ["site", "names", "blocks", "lines"] satisfies Draft["cut"][];

/** The value for the address; undefined if the discussion is too long for a link. */
export async function packed(draft: Draft): Promise<string | undefined> {
  const bytes = await through(
    new CompressionStream("deflate-raw"),
    new TextEncoder().encode(JSON.stringify(draft)),
  );
  const value = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  return value.length > MOST_PACKED_CHARS
    ? undefined
    : value.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** What was packed; undefined for anything else: a link may have been cut off, or say anything. */
export async function unpacked(value: string): Promise<Draft | undefined> {
  if (value.length > MOST_PACKED_CHARS) return undefined;
  try {
    const text = atob(value.replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = Uint8Array.from(text, (char) => char.charCodeAt(0));
    const json = new TextDecoder().decode(await through(new DecompressionStream("deflate-raw"), bytes));
    return draftIn(JSON.parse(json));
  } catch {
    return undefined; // not Base64, not compressed, or not JSON
  }
}

function draftIn(found: unknown): Draft | undefined {
  const { text, cut, isWhole } = (found ?? {}) as Record<string, unknown>;
  if (typeof text !== "string" || text.trim() === "" || text.length > MAX_CHARS) return undefined;
  return {
    text,
    cut: CUTS.includes(cut) ? (cut as Draft["cut"]) : undefined,
    isWhole: isWhole === true ? true : undefined,
  };
}

async function through(stream: GenericTransformStream, bytes: Uint8Array): Promise<Uint8Array> {
  const writer = (stream.writable as WritableStream<Uint8Array>).getWriter();
  const sent = writer.write(bytes).then(() => writer.close());
  const [received] = await Promise.all([new Response(stream.readable).arrayBuffer(), sent]);
  return new Uint8Array(received);
}

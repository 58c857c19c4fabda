/** The offset of each code point in UTF-16 units: the API counts code points, JavaScript strings don't. */
export function unitOffsets(text: string): number[] {
  const offsets: number[] = [];
  let at = 0;
  for (const character of text) {
    offsets.push(at);
    at += character.length;
  }
  offsets.push(at);
  return offsets;
}

/** The length in code points, as the server counts. */
export function codePoints(text: string): number {
  let length = 0;
  for (let i = 0; i < text.length; i += 1) {
    if (isPair(text.charCodeAt(i), text.charCodeAt(i + 1))) i += 1;
    length += 1;
  }
  return length;
}

/** The first `limit` code points. */
export const firstCharacters = (text: string, limit: number): string => {
  const offsets = unitOffsets(text.slice(0, 2 * limit));
  return text.slice(0, offsets[limit] ?? text.length);
};

/** The length in UTF-8 bytes, without a copy. A lone surrogate becomes U+FFFD, which has three. */
export function utf8Bytes(text: string): number {
  let bytes = 0;
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) bytes += 1;
    else if (unit < 0x800) bytes += 2;
    else if (isPair(unit, text.charCodeAt(i + 1))) {
      bytes += 4;
      i += 1;
    } else bytes += 3;
  }
  return bytes;
}

const isPair = (first: number, second: number): boolean =>
  first >= 0xd800 && first < 0xdc00 && second >= 0xdc00 && second < 0xe000;

/** Longer texts are truncated in tables. */
const EXCERPT_CHARS = 300;

export const excerpt = (text: string, most = EXCERPT_CHARS): string => firstCharacters(text, most).trim();

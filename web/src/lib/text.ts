/** Where each code point begins, in UTF-16 units; the API counts in code points, strings do not. */
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

/** Length as the server counts it. */
export function codePoints(text: string): number {
  let length = 0;
  for (let i = 0; i < text.length; i += 1) {
    if (isPair(text.charCodeAt(i), text.charCodeAt(i + 1))) i += 1;
    length += 1;
  }
  return length;
}

/** The first `most` characters, as the server counts them; no character is cut in two. */
export const firstCharacters = (text: string, most: number): string => {
  const offsets = unitOffsets(text.slice(0, 2 * most));
  return text.slice(0, offsets[most] ?? text.length);
};

/** Length in bytes as it is sent, without making a copy. A lone surrogate becomes U+FFFD, which has three. */
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

/** A line of a table shows no more of a long text. */
const EXCERPT_CHARS = 300;

export const excerpt = (text: string, most = EXCERPT_CHARS): string => firstCharacters(text, most).trim();

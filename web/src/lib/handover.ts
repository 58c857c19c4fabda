/** A text that one page hands to another: the try page offers a long one, the file page takes it once. */
const KEY = "valence-handover";

/** Keeps `text` in this tab until the file page takes it. False where the browser keeps nothing. */
export function offerText(text: string): boolean {
  try {
    sessionStorage.setItem(KEY, text);
    return true;
  } catch {
    return false; // storage is blocked or full: the caller says that it can't be handed over
  }
}

/** The offered text, which is then forgotten; undefined where there is none. */
export function takeText(): string | undefined {
  try {
    const text = sessionStorage.getItem(KEY);
    sessionStorage.removeItem(KEY);
    return text ?? undefined;
  } catch {
    return undefined; // storage is blocked, so nothing was offered
  }
}

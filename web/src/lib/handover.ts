/** Passes a long text from the try page to the file page. */
const KEY = "valence-handover";

/** Stores `text` in this tab for the file page. False if the browser blocks storage. */
export function offerText(text: string): boolean {
  try {
    sessionStorage.setItem(KEY, text);
    return true;
  } catch {
    return false; // storage is blocked or full: the caller tells the user
  }
}

/** Returns the stored text once; undefined if there is none. */
export function takeText(): string | undefined {
  try {
    const text = sessionStorage.getItem(KEY);
    sessionStorage.removeItem(KEY);
    return text ?? undefined;
  } catch {
    return undefined; // storage is blocked, so nothing was stored
  }
}

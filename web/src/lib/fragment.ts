/**
 * The page's state in the address: what follows the #, which a browser never sends to the server, so that a shared link
 * does not put a text into anybody's log.
 */
export interface TryState {
  text: string;
  model: string | undefined;
}

export function readFragment(fragment: string): TryState {
  const values = new URLSearchParams(fragment.replace(/^#/, ""));
  return { text: values.get("text") ?? "", model: values.get("model") ?? undefined };
}

export function fragmentOf({ text, model }: TryState): string {
  const values = new URLSearchParams();
  if (text !== "") values.set("text", text.toWellFormed());
  if (model !== undefined) values.set("model", model);
  const written = values.toString();
  return written === "" ? "" : `#${written}`;
}

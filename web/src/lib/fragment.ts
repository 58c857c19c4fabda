/**
 * The try page's state in the address, after the #. Browsers never send it to the server, so a shared link puts no text into
 * a log.
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

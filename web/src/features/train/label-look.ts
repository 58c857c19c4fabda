/** Labels that nobody can tell apart are one label to the server. */

/** The same for labels that differ only in case, spaces, hyphens or the form of a letter. */
export const lookOf = (label: string): string =>
  label
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[\s_\u2010-\u2015-]+/g, " ")
    .trim();

/** The label that looks like this one; undefined if none does. */
export const alikeIn = (labels: readonly string[], label: string): string | undefined =>
  labels.find((known) => lookOf(known) === lookOf(label));

const LONGEST = 60;

/** A classifier's name for what was typed: lower-case letters, digits and hyphens; "" if nothing is left. */
export const slugOf = (typed: string): string =>
  typed
    .normalize("NFKD")
    .replace(/\p{Mark}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9_]+/g, "-")
    .replace(/^[-_]+/, "")
    .slice(0, LONGEST)
    .replace(/[-_]+$/, "");

/** Values of JSON and of binary formats as cells. */

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A cell: text as it is, other values as JSON, nothing for null. */
export function asText(value: unknown): string {
  if (typeof value === "string") return value;
  return value === null || value === undefined ? "" : JSON.stringify(value);
}

/** As ISO 8601 has it, without a time that is midnight. */
export const dateText = (date: Date): string => date.toISOString().replace(/(T00:00:00)?\.000Z$/, "");

/** The row index after a key press; undefined for other keys. `page` is the number of visible rows. */
export function indexAfterKey(key: string, at: number, last: number, page: number): number | undefined {
  const within = (to: number) => Math.min(last, Math.max(0, to));
  switch (key) {
    case "ArrowDown":
      return within(at + 1);
    case "ArrowUp":
      return within(at - 1);
    case "PageDown":
      return within(at + page);
    case "PageUp":
      return within(at - page);
    case "Home":
      return 0;
    case "End":
      return last;
    default:
      return undefined;
  }
}

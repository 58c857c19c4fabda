/** The element with a prerendered page's style attributes, written by `scripts/prerender.ts`. */
export const PRERENDERED_STYLES = "built-styles";

/**
 * Turns the rules back into style attributes, as React expects. Otherwise a style that React removes later would remain,
 * and a hidden tab panel would never appear.
 */
export function restorePrerenderedStyles(): void {
  const built = document.getElementById(PRERENDERED_STYLES);
  if (!(built instanceof HTMLStyleElement)) return;
  for (const rule of built.sheet?.cssRules ?? []) {
    if (!(rule instanceof CSSStyleRule)) continue;
    for (const element of document.querySelectorAll<HTMLElement>(rule.selectorText)) {
      element.style.cssText = rule.style.cssText;
      element.removeAttribute("data-built");
    }
  }
  built.remove();
}

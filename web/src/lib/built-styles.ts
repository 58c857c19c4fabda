/** The element with what the style attributes of a page said that was built beforehand; `scripts/prerender.ts` writes it. */
export const BUILT_STYLES = "built-styles";

/**
 * Gives every element its style back, as React takes it to be there: what React takes away later would stay as long as a
 * rule says it too, and a tab's panel that came hidden would never be shown.
 */
export function restoreStyles(): void {
  const built = document.getElementById(BUILT_STYLES);
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

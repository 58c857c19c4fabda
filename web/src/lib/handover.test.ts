import { afterEach, describe, expect, it, vi } from "vitest";

import { offerText, takeText } from "./handover";

afterEach(() => {
  vi.restoreAllMocks();
  sessionStorage.clear();
});

describe("a text handed to another page", () => {
  it("is taken once", () => {
    expect(offerText("A long text.")).toBe(true);
    expect(takeText()).toBe("A long text.");
    expect(takeText()).toBeUndefined();
  });

  it("is refused where the browser keeps nothing", () => {
    vi.spyOn(Storage.prototype, "setItem").mockImplementation(() => {
      throw new DOMException("blocked", "SecurityError");
    });
    expect(offerText("A long text.")).toBe(false);
    expect(takeText()).toBeUndefined();
  });
});

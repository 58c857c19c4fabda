import { afterEach, describe, expect, it, vi } from "vitest";

import { offerText, takeText } from "./handover";

afterEach(() => {
  vi.restoreAllMocks();
  sessionStorage.clear();
});

describe("a text passed to another page", () => {
  it("is returned once", () => {
    expect(offerText("A long text.")).toBe(true);
    expect(takeText()).toBe("A long text.");
    expect(takeText()).toBeUndefined();
  });

  it("is rejected if the browser blocks storage", () => {
    vi.spyOn(Storage.prototype, "setItem").mockImplementation(() => {
      throw new DOMException("blocked", "SecurityError");
    });
    expect(offerText("A long text.")).toBe(false);
    expect(takeText()).toBeUndefined();
  });
});

import { act, renderHook, waitFor } from "@testing-library/react";
import { expect, it, vi } from "vitest";

import { clearFragment, useFragmentState } from "./fragment-state";

function state(address = "/many") {
  window.history.replaceState(null, "", address);
  return renderHook(() => useFragmentState()).result;
}

it("reads the address, and replaces values without a new history entry", async () => {
  const shown = state("/many#show=unsure");
  expect(shown.current.values).toEqual({ show: "unsure" });
  const entries = window.history.length;
  act(() => shown.current.replace({ find: "a b" }));
  expect(window.location.hash).toBe("#show=unsure&find=a+b");
  act(() => shown.current.replace({ find: "a bc" }));
  act(() => shown.current.replace({ find: undefined, show: undefined }));
  expect(shown.current.values).toEqual({});
  await waitFor(() => expect(window.location.href).toMatch(/\/many$/));
  expect(window.history).toHaveLength(entries);
});

it("undoes a push on Back", async () => {
  const shown = state("/many#show=unsure");
  act(() => shown.current.push({ row: "3" }));
  expect(window.location.hash).toBe("#show=unsure&row=3");
  window.history.back();
  await waitFor(() => expect(shown.current.values).toEqual({ show: "unsure" }));
});

it("leaves a pushed entry by going back, and applies later changes afterwards", async () => {
  const shown = state("/many#show=unsure");
  act(() => shown.current.push({ row: "3" }));
  act(() => {
    shown.current.leave({ row: undefined });
    shown.current.push({ row: "5" });
  });
  await waitFor(() => expect(window.location.hash).toBe("#show=unsure&row=5"));
  expect(shown.current.values).toEqual({ show: "unsure", row: "5" });
  window.history.back();
  await waitFor(() => expect(window.location.hash).toBe("#show=unsure"));
});

it("replaces an address that was opened directly", () => {
  const shown = state("/many#row=3");
  act(() => shown.current.leave({ row: undefined }));
  expect(window.location.href).toMatch(/\/many$/);
  expect(shown.current.values).toEqual({});
});

it("writes nothing after its page is closed", () => {
  vi.useFakeTimers();
  window.history.replaceState(null, "", "/many");
  const { result, unmount } = renderHook(() => useFragmentState());
  act(() => result.current.replace({ find: "a" }));
  act(() => result.current.replace({ find: "ab" })); // waits for its turn
  unmount();
  window.history.pushState(null, "", "/model");
  vi.runAllTimers();
  vi.useRealTimers();
  expect(window.location.href).toMatch(/\/model$/);
});

it("is cleared", () => {
  state("/many#row=3");
  clearFragment();
  expect(window.location.href).toMatch(/\/many$/);
});

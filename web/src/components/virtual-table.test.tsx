import { MantineProvider } from "@mantine/core";
import { render, screen, within } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { expect, it } from "vitest";

import { theme } from "../theme";
import { VirtualTable } from "./virtual-table";

const ROWS = Array.from({ length: 300 }, (_, i) => i);

function show(rows: readonly number[] = ROWS, current?: number) {
  const opened: number[] = [];
  const table = (shown: readonly number[], looked?: number) => (
    <MantineProvider theme={theme} env="test">
      <button>before</button>
      <VirtualTable
        label="Rows"
        rows={shown}
        current={looked}
        none="No rows match."
        onOpen={(row) => opened.push(row)}
        columns={[{ name: "Text", width: "1fr", phoneWidth: "1fr", cell: (row) => `text ${row}` }]}
      />
      <button>after</button>
    </MantineProvider>
  );
  const { rerender } = render(table(rows, current));
  return { user: userEvent.setup(), opened, update: (shown: readonly number[]) => rerender(table(shown)) };
}

const grid = () => screen.getByRole("grid", { name: "Rows" });
const active = () => document.getElementById(grid().getAttribute("aria-activedescendant") ?? "")?.textContent;

it("is a single tab stop, however many rows it has", async () => {
  const { user } = show();
  screen.getByRole("button", { name: "before" }).focus();
  await user.tab();
  expect(grid()).toHaveFocus();
  await user.tab();
  expect(screen.getByRole("button", { name: "after" })).toHaveFocus();
});

it("moves with the keyboard, and opens a row on Enter", async () => {
  const { user, opened } = show();
  grid().focus();
  expect(active()).toBe("text 0");
  await user.keyboard("{ArrowDown}{ArrowDown}{ArrowUp}");
  expect(active()).toBe("text 1");
  await user.keyboard("{PageDown}{Enter}");
  await user.keyboard("{PageUp}{Enter} ");
  await user.keyboard("{End}{Enter}{ArrowDown}{Enter}{Home}{Enter}");
  expect(opened).toEqual([12, 1, 1, 299, 299, 0]);
  expect(grid()).toHaveFocus();
});

it("keeps the focus on the table when a row is clicked", async () => {
  const { user, opened, update } = show();
  await user.click(within(grid()).getByRole("button", { name: "text 3" }));
  expect(opened).toEqual([3]);
  expect(grid()).toHaveFocus();
  update([5, 4, 3]);
  expect(active()).toBe("text 3");
  update([9, 8]);
  expect(active()).toBe("text 9");
  expect(grid()).toHaveFocus();
});

it("starts at the selected row", async () => {
  const { user, opened } = show(ROWS, 4);
  grid().focus();
  expect(active()).toBe("text 4");
  await user.keyboard("{ArrowDown}{Enter}");
  expect(opened).toEqual([5]);
});

it("shows a message if there are no rows", () => {
  show([]);
  expect(screen.getByRole("gridcell")).toHaveTextContent("No rows match.");
  expect(grid()).not.toHaveAttribute("aria-activedescendant");
});

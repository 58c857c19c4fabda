import { expect, it } from "vitest";

import { changedOptions, oneClickFor } from "./choosing";

const offer = (parameters: Record<string, string | null>) => ({ purpose: "", parameters });

it("makes a button of each offer that says everything", () => {
  const offers = [
    offer({ bad_rows: "skip" }),
    offer({ no_header: "true", columns: "text,label" }),
    offer({ label_column: "my tags", label_separator: "," }),
    offer({ missing: 'nan,"a, b"' }),
    offer({ member: "in/b.csv" }),
    offer({ separator: "," }),
    offer({ sheet: "June" }),
    offer({ format: "lines" }),
    offer({ text_column: null }),
    offer({ unknown: "x" }),
  ];
  expect(oneClickFor(offers)).toEqual([
    { label: "Skip bad rows", change: { bad_rows: "skip" } },
    { label: "The first row is data", change: { no_header: true, columns: "text,label" } },
    { label: "Split at “,”", change: { label_column: "my tags", label_separator: "," } },
    { label: "Leave out “nan”, “a, b”", change: { missing: 'nan,"a, b"' } },
    { label: "Read “in/b.csv”", change: { member: "in/b.csv" } },
    { label: "Separate cells at “,”", change: { separator: "," } },
    { label: "Read the sheet “June”", change: { sheet: "June" } },
    { label: "Read as one text per line", change: { format: "lines" } },
  ]);
});

it("keeps of the options only those of rows for another file of an archive", () => {
  const options = { clean: "forum", bad_rows: "skip", text_column: "a", separator: ";", sheet: "B" } as const;
  expect(changedOptions(options, { member: "b.csv" })).toEqual({
    clean: "forum",
    bad_rows: "skip",
    member: "b.csv",
  });
});

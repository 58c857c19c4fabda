import { fireEvent, screen, waitFor } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { afterEach, beforeEach, expect, it } from "vitest";

import type { Preview, RulesChange, StoredWish, Wish } from "../../api/generated";
import { estimate } from "../train/fake-data.testing";
import { open } from "../../test/render";
import { server } from "../../test/server";
import { FakeQueue, newItem, VERSION } from "./fake-queue.testing";
import { basisWords, outlookWords, promiseWords } from "./outlook-words";

const PREVIEW: Preview = {
  classifier: "forum",
  version: VERSION,
  wish: { kind: "precision", value: 0.9 },
  words: "9 of 10 flags are right",
  pass_below: 0.31,
  flag_from: 0.78,
  promise: { kept: true, best: null, needed: null, is_estimate: false, decisions: 80 },
  is_estimate: false,
  blind: 80,
  tested: 0,
  recent: 900,
  outlook: {
    per: 30,
    is_day: true,
    flags: estimate(27, 24, 30),
    right: estimate(24, 21, 26),
    missed: estimate(6.25, 3, 9),
    reads: estimate(41, 36, 47),
    precision: estimate(0.9, 0.78, 0.96),
    recall: estimate(0.8, 0.7, 0.9),
  },
  histogram: { recent: [3, 2, 1, 4], fine: [], bad: [] },
  near_pass: [],
  near_flag: [{ item: newItem(7, { text: "close to the line" }), score: 0.77 }],
  approved_flagged: [],
};

let stored: (Wish | RulesChange)[] = [];
let queries: URLSearchParams[] = [];

beforeEach(() => {
  [stored, queries] = [[], []];
  server.use(
    ...new FakeQueue(1).handlers(),
    http.get("*/api/v1/queue/wish", () =>
      HttpResponse.json<StoredWish>({
        classifier: "forum",
        wish: null,
        words: null,
        pass_below: 0.3,
        flag_from: 0.7,
        chosen: null,
      }),
    ),
    http.get("*/api/v1/queue/preview", ({ request }) => {
      queries.push(new URL(request.url).searchParams);
      return HttpResponse.json(PREVIEW);
    }),
    http.put<never, Wish>("*/api/v1/queue/wish", async ({ request }) => {
      stored.push(await request.json());
      return HttpResponse.json({});
    }),
    http.patch<never, RulesChange>("*/api/v1/queue/rules", async ({ request }) => {
      stored.push(await request.json());
      return HttpResponse.json({});
    }),
  );
});
afterEach(() => localStorage.clear());

it("shows what a wish would do, and stores the wish only by a press", async () => {
  const user = open("/queue#view=thresholds");
  await user.click(await screen.findByRole("radio", { name: /miss at most/ }));
  await waitFor(() => expect(queries.at(-1)?.toString()).toBe("kind=recall&value=0.95"));
  expect(await screen.findByText("Of a day’s 30 comments, 27 (24 to 30) would be flagged.")).toBeVisible();
  expect(screen.getByText("close to the line")).toBeVisible();
  expect(stored).toEqual([]);
  await user.click(screen.getByRole("button", { name: "Apply the wish" }));
  await waitFor(() => expect(stored).toEqual([{ kind: "recall", value: 0.95 }]));
});

it("moves two handles by hand, which never cross", async () => {
  const user = open("/queue#view=thresholds");
  const flag = await screen.findByRole("slider", { name: /Flag from/ });
  fireEvent.change(flag, { target: { value: "0.2" } });
  await user.click(screen.getByRole("button", { name: "Apply these thresholds" }));
  await waitFor(() => expect(stored).toEqual([{ pass_below: 0.2, flag_from: 0.2 }]));
});

it("says what figures rest on, and what can’t be promised", () => {
  expect(outlookWords(PREVIEW)).toContain("6.3 (3 to 9) that need action would be approved.");
  expect(outlookWords({ ...PREVIEW, flag_from: null })).toContain("Nothing is flagged with this wish.");
  const unknown = { ...PREVIEW.outlook, precision: null, recall: null };
  expect(outlookWords({ ...PREVIEW, outlook: unknown }).join(" ")).toMatch(
    /would be right isn’t known yet.*would be approved isn’t known yet/,
  );
  expect(basisWords({ ...PREVIEW, is_estimate: true, blind: 12 })).toContain("An estimate");
  expect(promiseWords(PREVIEW)).toBe("With 95% confidence: 9 of 10 flags are right.");
  const promise = { kept: false, best: 0.72, needed: 140, is_estimate: true, decisions: 30 };
  expect(promiseWords({ ...PREVIEW, promise })).toBe(
    "This can’t be promised yet. The best that can be promised is 72%. About 140 more decisions would be needed.",
  );
  expect(promiseWords({ ...PREVIEW, promise: null })).toBeUndefined();
});

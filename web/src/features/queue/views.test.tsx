import { screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type {
  DecisionPage,
  FileItems,
  Report,
  RulesChange,
  Webhook,
  WebhookList,
  Week,
} from "../../api/generated";
import { COMPARISON, UNKNOWN_AGREEMENT, estimate, NOW } from "../train/fake-data.testing";
import { open } from "../../test/render";
import { server } from "../../test/server";
import { agreementWords } from "./agreement";
import { driftWords } from "./drift";
import { FakeQueue } from "./fake-queue.testing";
import { takenWords } from "./taken-words";

let fake: FakeQueue;

beforeEach(() => {
  fake = new FakeQueue(3);
  server.use(...fake.handlers());
});
afterEach(() => localStorage.clear());

const button = (name: RegExp | string) => screen.findByRole("button", { name });
const TAKEN: FileItems = {
  classifier: "forum",
  format: "Discourse (JSON)",
  thread: null,
  new: 3,
  repeats: 1,
  edited: 1,
  left_out: [{ comments: 2, why: "are hidden" }],
  warnings: [],
};

describe("Bringing comments in", () => {
  it("sends a file as it is, and says what came of it", async () => {
    let sent = "";
    server.use(
      http.post("*/api/v1/items/file", async ({ request }) => {
        sent = await request.text();
        return HttpResponse.json(TAKEN);
      }),
    );
    const user = open("/queue#view=bring-in");
    await user.upload(await screen.findByLabelText("File with texts"), new File(['{"a": 1}'], "topic.json"));
    expect(await screen.findByText(/Read as Discourse \(JSON\): 3 new comments/)).toBeVisible();
    expect(screen.getByText("2 are hidden")).toBeVisible();
    expect(sent).toBe('{"a": 1}');
  });

  it("needs the scope “items”, and shows the addresses without it", async () => {
    fake.scopes = ["moderate"];
    open("/queue#view=bring-in");
    expect(await screen.findByText("This key isn’t allowed to send comments")).toBeVisible();
    expect(screen.getByText(/hooks\/discourse\?classifier=forum/)).toBeVisible();
    expect(screen.queryByRole("tab", { name: "Settings" })).toBeNull();
  });

  it("counts in words", () =>
    expect(takenWords(TAKEN)).toBe(
      "Read as Discourse (JSON): 3 new comments; 1 edited one, to be decided again; 1 was known already.",
    ));
});

it("shows the log and undoes an entry of it", async () => {
  const user = open("/queue");
  await screen.findByRole("article", { name: "Comment to decide" });
  await user.keyboard("3r");
  await waitFor(() => expect(fake.decisions).toHaveLength(1));
  server.use(
    http.get("*/api/v1/decisions", () =>
      HttpResponse.json<DecisionPage>({ items: fake.decisions, next: null }),
    ),
  );
  await user.click(screen.getByRole("tab", { name: "Log" }));
  const entry = await screen.findByText("Removed: spam");
  expect(entry.parentElement).toHaveTextContent("as the classifier said");
  await user.click(within(entry.parentElement!).getByRole("button", { name: "Undo" }));
  expect(await screen.findByText("Nobody has decided anything yet.")).toBeVisible();
});

it("shows the log once everything is saved", async () => {
  const slow = Promise.withResolvers<undefined>();
  server.use(
    http.post("*/api/v1/items/:number/decisions", () => slow.promise), // undefined: the next handler answers
    http.get("*/api/v1/decisions", () =>
      HttpResponse.json<DecisionPage>({ items: fake.decisions, next: null }),
    ),
  );
  const user = open("/queue");
  await screen.findByRole("article", { name: "Comment to decide" });
  await user.keyboard("r");
  await user.click(screen.getByRole("tab", { name: "Log" }));
  expect(await screen.findByText("Saving 1 decision…")).toBeVisible();
  expect(await button("Download CSV")).toBeDisabled();
  slow.resolve(undefined);
  const log = screen.getByRole("list", { name: "Decisions" });
  expect(await within(log).findAllByRole("listitem")).toHaveLength(1);
});

describe("Refit", () => {
  it("fits, compares with the published version, and publishes only by a press", async () => {
    fake.makeVersion({ published: true });
    fake.only.published = fake.versions[0]!;
    for (let i = 0; i < 10; i += 1) fake.put({ text: `t${i}`, labels: [i % 2 ? "removed" : "kept"] });
    fake.count();
    const user = open("/queue");
    await user.click(await button("Refit"));
    expect(
      await screen.findByText(
        /Of 38 decisions, version 2 agrees with 91% \(78% to 97%\), version 1 with 86%/,
      ),
    ).toBeVisible();
    expect(fake.calls).toEqual(["POST fit"]);
    await user.click(await button("Publish version 2"));
    await waitFor(() => expect(fake.calls).toEqual(["POST fit", "publish 2"]));
  });

  it("says what is missing, and that decisions don’t teach", async () => {
    fake.rules.learn = false;
    open("/queue");
    expect(await screen.findByText(/Decisions don’t teach the classifier/)).toBeVisible();
    expect(await button("Fit")).toBeDisabled();
  });

  it("compares on decisions alone, in both directions", () => {
    expect(agreementWords(COMPARISON)).toContain(
      "It gains 3 decisions that version 1 got wrong, and loses 1.",
    );
    expect(agreementWords({ ...COMPARISON, agreement: UNKNOWN_AGREEMENT })).toContain(
      "no decision to compare",
    );
  });
});

describe("The weekly report", () => {
  const agreement = (agree: number, decisions: number) => ({
    decisions,
    agree,
    share: decisions ? estimate(agree / decisions, agree / decisions - 0.1, agree / decisions + 0.1) : null,
  });
  const week = (begins: string, agree: number, decisions: number): Week => ({
    begins,
    received: 100,
    queued: 30,
    decided: 25,
    removed: 5,
    median_wait_s: 120,
    shown: agreement(0, 0),
    blind: agreement(agree, decisions),
  });

  it("raises an alarm only if the whole interval is below what it was", () => {
    expect(driftWords([week("2026-11-16", 45, 50), week("2026-11-23", 30, 50)])).toContain(
      "They drift apart",
    );
    expect(driftWords([week("2026-11-16", 45, 50), week("2026-11-23", 42, 50)])).not.toContain("drift");
    expect(driftWords([week("2026-11-23", 42, 50)])).toContain("agree on 84%");
    expect(driftWords([week("2026-11-23", 0, 0)])).toContain("no blind decisions yet");
  });

  it("is a table, newest week first", async () => {
    server.use(
      http.get("*/api/v1/queue/report", () =>
        HttpResponse.json<Report>({
          classifier: "forum",
          weeks: [week("2026-11-16", 45, 50), week("2026-11-23", 0, 0)],
        }),
      ),
    );
    open("/queue#view=report");
    const rows = await screen.findAllByRole("row");
    expect(rows[1]).toHaveTextContent("2026-11-23");
    expect(rows[2]).toHaveTextContent("90% (80 to 100%, of 50)");
  });
});

describe("Settings", () => {
  const webhook: Webhook = {
    id: "w1",
    url: "https://forum.example/hook",
    events: ["decision.made"],
    classifier: null,
    secret: null,
    rolling: false,
    created_at: NOW,
    waiting: 2,
    failing_since: NOW,
    disabled_at: null,
    message: "503",
  };

  it("change the rules and send only what was changed", async () => {
    let sent: RulesChange = {};
    server.use(
      http.get("*/api/v1/webhooks", () =>
        HttpResponse.json<WebhookList>({ webhooks: [], most_webhooks: 20 }),
      ),
      http.patch<never, RulesChange>("*/api/v1/queue/rules", async ({ request }) => {
        sent = await request.json();
        return HttpResponse.json(fake.rules);
      }),
    );
    const user = open("/queue#view=settings");
    await user.click(await screen.findByLabelText(/Decisions become examples/));
    await user.selectOptions(screen.getByLabelText("A comment that needs no action is"), "removed");
    await user.click(await button("Save"));
    await waitFor(() => expect(sent).toEqual({ learn: false, approve_label: "removed" }));
  });

  it("show the webhooks, and a new one’s secret once", async () => {
    server.use(
      http.get("*/api/v1/webhooks", () =>
        HttpResponse.json<WebhookList>({ webhooks: [webhook], most_webhooks: 20 }),
      ),
      http.post("*/api/v1/webhooks", () =>
        HttpResponse.json<Webhook>({ ...webhook, id: "w2", secret: "whsec_abc" }, { status: 201 }),
      ),
    );
    const user = open("/queue#view=settings");
    expect(await screen.findByText(/of all communities · 2 events to send/)).toBeVisible();
    expect(screen.getByText("Last failure: 503")).toBeVisible();
    await user.type(screen.getByLabelText("New address"), "https://forum.example/new");
    await user.click(await button("Add the webhook"));
    expect(await screen.findByText("whsec_abc")).toBeVisible();
  });
});

/** A fake of the API for moderators, with the generated types, so that it can't differ from the real one's. */
import { http, HttpResponse } from "msw";

import type {
  ClaimedItems,
  Decided,
  Decision,
  Explanation,
  Item,
  ItemDetail,
  NewDecision,
  NextRequest,
  QueuePage,
  Rules,
  Summary,
  UndoRequest,
} from "../../api/generated";
import { FakeClassifiers } from "../train/fake-classifiers.testing";
import { NOW } from "../train/fake-data.testing";
import { problem, refuse } from "../../test/handlers";

const API = "*/api/v1";
const PAGE = 100;

export const VERSION = { name: "forum", body: "body", head: "head1" };

const STATES: Record<string, string[]> = { open: ["waiting", "unsure"] };

export const newItem = (number: number, given: Partial<Item> = {}): Item => ({
  number,
  id: `post-${number}`,
  text: `comment ${number}`,
  author: `user${number}`,
  parent: null,
  thread: "t-1",
  link: null,
  created_at: NOW,
  received_at: NOW,
  edits: 0,
  state: "waiting",
  why: "flagged",
  blind: false,
  score: 0.91,
  threshold: 0.7,
  labels: ["removed"],
  probabilities: null,
  version: VERSION,
  error: null,
  copies: 0,
  claimed_until: null,
  decision: null,
  ...given,
});

const newDecision = (item: Item, body: NewDecision): Decision => ({
  id: item.number,
  request: body.request,
  item: item.number,
  item_id: item.id,
  action: body.action,
  labels: body.labels ?? null,
  reason: body.reason ?? null,
  undoes: null,
  copy_of: null,
  by: "key",
  made_at: NOW,
  waited_s: 60,
  blind: item.blind,
  why: item.why,
  score: item.score,
  classifier_labels: item.labels,
  body: "body",
  head: "head1",
  agrees: body.action === "unsure" ? null : body.action === "remove",
  learnt: true,
});

/** A community called "forum" with items in memory. */
export class FakeQueue extends FakeClassifiers {
  override scopes: string[] | undefined = ["moderate", "items", "classifiers"];
  items: Item[] = [];
  /** Numbers of items that another moderator holds. */
  elsewhere: number[] = [];
  /** Numbers of items that another moderator decided, without this page knowing. */
  decidedElsewhere: number[] = [];
  decisions: Decision[] = [];
  queries: URLSearchParams[] = [];
  rules: Rules = {
    classifier: "forum",
    approve_label: "kept",
    remove_label: "removed",
    pass_below: 0.3,
    flag_from: 0.7,
    learn: true,
    dry_run: true,
  };

  constructor(count = 0, labels = ["removed", "kept"]) {
    super();
    this.add("forum", labels);
    this.items = Array.from({ length: count }, (_, i) => newItem(i + 1));
  }

  private get waiting(): Item[] {
    return this.items.filter(({ state }) => state === "waiting");
  }

  private summary(): Summary {
    return {
      classifier: "forum",
      waiting: this.waiting.length,
      copies: 0,
      unsure: this.items.filter(({ state }) => state === "unsure").length,
      scoring: 0,
      decided_today: this.decisions.length,
      corrected_today: this.decisions.filter(({ agrees }) => agrees === false).length,
      new_decisions: this.decisions.length,
      version: null,
      rules: this.rules,
    };
  }

  private page(query: URLSearchParams): QueuePage {
    this.queries.push(query);
    const from = Number(query.get("cursor") ?? 0);
    const asked = query.get("state") ?? "open";
    const found = this.items
      .filter(({ state }) => asked === "all" || (STATES[asked] ?? [asked]).includes(state))
      .filter(({ thread }) => !query.has("thread") || thread === query.get("thread"))
      .filter(({ author }) => !query.has("author") || author === query.get("author"))
      .filter(({ text }) => text.includes(query.get("search") ?? ""));
    const items = found.slice(from, from + PAGE);
    return { items, next: from + PAGE < found.length ? `${from + PAGE}` : null };
  }

  private decide(number: number, body: NewDecision) {
    const item = this.items.find((each) => each.number === number);
    if (!item || this.decidedElsewhere.includes(number)) {
      return refuse(problem(409, "item-decided", "Decided already", "The item is decided already."));
    }
    item.state = body.action === "unsure" ? "unsure" : "decided";
    const decision = newDecision(item, body);
    this.decisions.push(decision);
    this.calls.push(`${body.action} ${number}`);
    return HttpResponse.json<Decided>({ new: true, items: body.copies ? 1 + item.copies : 1, decision });
  }

  private undo(body: UndoRequest) {
    const decision = this.decisions.find(({ request }) => request === body.undoes);
    const item = this.items.find(({ number }) => number === decision?.item);
    if (!decision || !item) return refuse(problem(404, "unknown-decision", "Unknown decision", "None."));
    item.state = "waiting";
    this.decisions = this.decisions.filter((each) => each !== decision);
    this.calls.push(`undo ${item.number}`);
    return HttpResponse.json<Decided>({ new: true, items: 1, decision: { ...decision, action: "undo" } });
  }

  override handlers() {
    return [...super.handlers(), ...this.queueHandlers(), ...this.itemHandlers()];
  }

  private queueHandlers() {
    return [
      http.get(`${API}/queue/summary`, () => HttpResponse.json(this.summary())),
      http.get(`${API}/queue`, ({ request }) =>
        HttpResponse.json<QueuePage>(this.page(new URL(request.url).searchParams)),
      ),
      http.post<never, NextRequest>(`${API}/queue/next`, async ({ request }) => {
        const asked = (await request.json()).items ?? [];
        const items = this.waiting.filter(
          ({ number }) => asked.includes(number) && !this.elsewhere.includes(number),
        );
        return HttpResponse.json<ClaimedItems>({ items, seconds: 300 });
      }),
      http.delete(`${API}/queue/claims/:claim`, () => new HttpResponse(null, { status: 204 })),
    ];
  }

  private itemHandlers() {
    const one = `${API}/items/:number`;
    return [
      http.get<{ number: string }>(one, ({ params }) => {
        const item = this.items.find(({ number }) => number === Number(params.number)) ?? newItem(0);
        return HttpResponse.json<ItemDetail>({
          item,
          own_text: null,
          parent: newItem(1000, { text: "the comment before", author: "sam" }),
          earlier: [],
          answers: [newItem(1001, { text: "an answer", author: "ann" })],
          author: { decided: 14, removed: 2, last: [] },
        });
      }),
      http.get<{ number: string }>(`${one}/explanation`, ({ params }) =>
        HttpResponse.json<Explanation>({
          text: `comment ${params.number}`,
          label: "removed",
          probability: 0.91,
          words: [{ start: 0, end: 7, effect: 0.4, log_odds: 2.1, marked: true }],
          version: VERSION,
        }),
      ),
      http.post<{ number: string }, NewDecision>(`${one}/decisions`, async ({ params, request }) =>
        this.decide(Number(params.number), await request.json()),
      ),
      http.post<never, UndoRequest>(`${API}/decisions/undo`, async ({ request }) =>
        this.undo(await request.json()),
      ),
    ];
  }
}

import { screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { describe, expect, it } from "vitest";

import type { FeedbackRequest } from "../api/generated";
import {
  answerTo,
  FEEDBACK,
  POLICY,
  PREDICT,
  problem,
  receiptOf,
  refuse,
  REQUEST_ID,
  score,
  summary,
} from "../test/handlers";
import { open } from "../test/render";
import { server } from "../test/server";

const group = () => screen.findByRole("group", { name: "Feedback" });
const button = async (name: string) => within(await group()).findByRole("button", { name });

/** Takes feedback as the server does, and gives the list of what it got. */
function taking(): FeedbackRequest[] {
  const taken: FeedbackRequest[] = [];
  server.use(
    http.post<never, FeedbackRequest>(FEEDBACK, async ({ request }) => {
      const asked = await request.json();
      taken.push(asked);
      return HttpResponse.json(receiptOf(asked), { status: 201 });
    }),
  );
  return taken;
}

const keepTexts = () => server.use(http.get(POLICY, () => HttpResponse.json({ texts_kept: true })));

describe("Feedback", () => {
  it("sends a yes without the text", async () => {
    const taken = taking();
    const user = open("/#text=A+wonderful+film.");
    await user.click(await button("Yes"));
    expect(await screen.findByText("Saved: correct. Your text was not stored.")).toHaveFocus();
    expect(taken).toEqual([
      {
        id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
        model: summary.version,
        predicted: "positive",
        probability: 0.96,
        correct: true,
        label: null,
        text: null,
        consent: false,
        request_id: REQUEST_ID,
      },
    ]);
  });

  it.each(["short", "not one of ours: {}", undefined])("sends no request ID if it is %s", async (id) => {
    server.use(
      http.post(PREDICT, () =>
        HttpResponse.json(answerTo(score("A wonderful film.", true)), {
          headers: id === undefined ? {} : { "X-Request-ID": id },
        }),
      ),
    );
    const taken = taking();
    const user = open("/#text=A+wonderful+film.");
    await user.click(await button("Yes"));
    await button("Change");
    expect(taken.map(({ request_id }) => request_id)).toEqual([null]);
  });

  it("asks for the correct label, and accepts that it is unknown", async () => {
    const taken = taking();
    const user = open("/#text=A+dull+film.");
    await user.click(await button("No"));
    expect(screen.queryByRole("button", { name: "negative" })).not.toBeInTheDocument();
    await user.click(await button("positive"));
    await user.click(await button("Change"));
    await user.click(await button("No"));
    await user.click(await button("None of these"));
    await button("Change");
    expect(taken.map(({ correct, label }) => [correct, label])).toEqual([
      [false, "positive"],
      [false, null],
    ]);
    expect(new Set(taken.map(({ id }) => id)).size).toBe(1);
  });

  it("asks for the text only if the server stores it, and sends it only with consent", async () => {
    keepTexts();
    const taken = taking();
    const user = open("/#text=A+wonderful+film.");
    const consent = await within(await group()).findByRole("checkbox", { name: /Send the text too/ });
    expect(consent).not.toBeChecked();
    await user.click(await button("Yes"));
    await user.click(await button("Change"));
    await user.click(screen.getByRole("checkbox"));
    await user.click(await button("Yes"));
    expect(await screen.findByText("Saved: correct. Your text was stored with it.")).toBeVisible();
    expect(taken.map(({ text, consent }) => [text, consent])).toEqual([
      [null, false],
      ["A wonderful film.", true],
    ]);
  });

  it("remembers the feedback after navigation", async () => {
    taking();
    const user = open("/#text=A+wonderful+film.");
    await user.click(await button("Yes"));
    await button("Change");
    await user.click(screen.getByRole("link", { name: "Model" }));
    await screen.findByRole("heading", { level: 1, name: /^Classifies text/ });
    window.history.back();
    expect(await screen.findByText(/^Saved/)).toBeVisible();
  });

  it("starts over for another text", async () => {
    taking();
    const user = open("/#text=A+wonderful+film.");
    await user.click(await button("Yes"));
    await button("Change");
    await user.type(screen.getByRole("textbox", { name: "Your text" }), " And dull.");
    expect(await screen.findByText("Is this correct?")).toBeVisible();
  });

  it("says if sending failed, and sends the same again", async () => {
    const ids: string[] = [];
    let away = true;
    server.use(
      http.post<never, FeedbackRequest>(FEEDBACK, async ({ request }) => {
        const asked = await request.json();
        ids.push(asked.id);
        if (away) {
          const busy = problem(503, "store-unavailable", "The database is away", "Try again soon.");
          return refuse(busy, { "Retry-After": "0" });
        }
        return HttpResponse.json(receiptOf(asked));
      }),
    );
    const user = open("/#text=A+wonderful+film.");
    await user.click(await button("Yes"));
    const alert = await screen.findByRole("alert");
    expect(alert).toHaveTextContent("Not saved: The database is away");
    away = false;
    await user.click(within(alert).getByRole("button", { name: "Try again" }));
    expect(await screen.findByText(/^Saved/)).toBeVisible();
    await waitFor(() => expect(screen.queryByRole("alert")).not.toBeInTheDocument());
    expect(ids).toHaveLength(4);
    expect(new Set(ids).size).toBe(1);
  });

  it("shows what the server stored, not what failed later", async () => {
    let taken = 0;
    server.use(
      http.post<never, FeedbackRequest>(FEEDBACK, async ({ request }) => {
        taken += 1;
        if (taken === 1) return HttpResponse.json(receiptOf(await request.json()), { status: 201 });
        return refuse(problem(500, "internal", "The server made a mistake", "Its log has more."));
      }),
    );
    const user = open("/#text=A+dull+film.");
    await user.click(await button("No"));
    await user.click(await button("positive"));
    expect(
      await screen.findByText("Saved: wrong, should be positive. Your text was not stored."),
    ).toBeVisible();
    await user.click(await button("Change"));
    await user.click(await button("Yes"));
    const alert = await screen.findByRole("alert");
    expect(alert).toHaveTextContent("Not saved: The server made a mistake");
    expect(alert).toHaveTextContent("still has your previous answer: wrong, should be positive.");
    expect(within(alert).getByRole("button", { name: "Try again" })).toBeVisible();
    expect(screen.queryByText(/^Saved/)).not.toBeInTheDocument();
  });

  it("says if saving failed after the text was removed", async () => {
    let answerIt: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (answerIt = resolve));
    let broken = true;
    const taken: FeedbackRequest[] = [];
    server.use(
      http.post<never, FeedbackRequest>(FEEDBACK, async ({ request }) => {
        const asked = await request.json();
        taken.push(asked);
        await held;
        if (broken) return refuse(problem(500, "internal", "There is no database", "It was not stored."));
        return HttpResponse.json(receiptOf(asked), { status: 201 });
      }),
    );
    const user = open("/#text=A+wonderful+film.");
    await user.click(await button("Yes"));
    await user.click(screen.getByRole("link", { name: "Model" }));
    await waitFor(() => expect(screen.queryByRole("group", { name: "Feedback" })).not.toBeInTheDocument());
    answerIt();
    const alert = await screen.findByRole("alert");
    expect(alert).toHaveTextContent(
      "Your feedback on “A wonderful film.” wasn’t saved: There is no database",
    );
    broken = false;
    await user.click(within(alert).getByRole("button", { name: "Try again" }));
    await waitFor(() => expect(screen.queryByRole("alert")).not.toBeInTheDocument());
    expect(new Set(taken.map(({ id, correct }) => `${id} ${correct}`)).size).toBe(1);
  });

  it("says what to do if the model has changed, without retrying", async () => {
    let calls = 0;
    server.use(
      http.post(FEEDBACK, () => {
        calls += 1;
        return refuse(problem(409, "model-changed", "The model has changed", "Score the text again."));
      }),
    );
    const user = open("/#text=A+wonderful+film.");
    await user.click(await button("Yes"));
    expect(await screen.findByRole("alert")).toHaveTextContent("Score the text again.");
    expect(screen.queryByRole("button", { name: "Try again" })).not.toBeInTheDocument();
    expect(calls).toBe(1);
  });
});

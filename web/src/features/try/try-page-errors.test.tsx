import { screen } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { describe, expect, it, vi } from "vitest";

import { answerTo, PREDICT, problem, refuse, score } from "../../test/handlers";
import { takeText } from "../../lib/handover";
import { open } from "../../test/render";
import { server } from "../../test/server";
import { field, verdict } from "./try-page.testing";

describe("Errors on the try page", () => {
  it.each([
    [429, "too-many-calls", "Too many requests"],
    [500, "internal", "Something broke"],
  ])("shows no outdated answer after a %i", async (status, code, title) => {
    const user = open("/#text=A+wonderful+film.");
    await verdict(/Positive/);
    const refusal = problem(status, code, title, "Wait.");
    server.use(http.post(PREDICT, () => refuse(refusal, status === 429 ? { "Retry-After": "60" } : {})));
    await user.type(field(), " And more.");
    expect(await screen.findByRole("alert")).toHaveTextContent(title);
    expect(screen.queryByRole("heading", { name: /Positive/ })).not.toBeInTheDocument();
  });

  it("offers to try again after a server error, and keeps the focus", async () => {
    let calls = 0;
    server.use(
      http.post(PREDICT, () => {
        calls += 1;
        return calls === 1
          ? refuse(problem(500, "internal", "The server made a mistake", "Its log has more."))
          : HttpResponse.json(answerTo(score("wonderful", true)));
      }),
    );
    const user = open("/#text=wonderful");
    await user.click(await screen.findByRole("button", { name: "Try again" }));
    expect(screen.getByRole("region", { name: "Answer" })).toHaveFocus();
    expect(await verdict(/Positive/)).toBeVisible();
    expect(screen.queryByRole("alert")).not.toBeInTheDocument();
    expect(calls).toBe(2);
  });

  it("recovers automatically when the server is back", async () => {
    let calls = 0;
    server.use(
      http.post(PREDICT, () => {
        calls += 1;
        return calls < 3 ? HttpResponse.error() : HttpResponse.json(answerTo(score("wonderful", true)));
      }),
    );
    open("/#text=wonderful");
    expect(await screen.findByRole("alert")).toHaveTextContent(
      /server doesn’t answer.*text is safe.*automatically/,
    );
    expect(await screen.findByRole("heading", { name: /Positive/ }, { timeout: 5000 })).toBeVisible();
    expect(screen.queryByRole("alert")).not.toBeInTheDocument();
    expect(field()).toHaveValue("wonderful");
  });

  it("waits as long as an overloaded server asks", async () => {
    let calls = 0;
    server.use(
      http.post(PREDICT, () => {
        calls += 1;
        return calls === 1
          ? refuse(
              problem(503, "overloaded", "The server has more work than it takes", "Ask again in 1 second."),
              {
                "Retry-After": "1",
              },
            )
          : HttpResponse.json(answerTo(score("wonderful", true)));
      }),
    );
    open("/#text=wonderful");
    expect(await screen.findByRole("alert")).toHaveTextContent("The server has more work than it takes");
    expect(await screen.findByRole("heading", { name: /Positive/ }, { timeout: 4000 })).toBeVisible();
  });

  it("says what is wrong with a text, without retrying", async () => {
    let calls = 0;
    server.use(
      http.post(PREDICT, () => {
        calls += 1;
        return refuse(problem(422, "text-error", "The text can’t be scored", "It has no words."));
      }),
    );
    const user = open("/#text=...");
    expect(await screen.findByRole("alert")).toHaveTextContent("It has no words.");
    expect(field()).toBeInvalid();
    expect(screen.queryByRole("button", { name: "Try again" })).not.toBeInTheDocument();
    expect(calls).toBe(1);
    await user.type(field(), "!");
    expect(screen.queryByRole("alert")).not.toBeInTheDocument(); // which was about the text before
  });

  describe("with too many characters", () => {
    const long = `#text=${"long+text.+".repeat(21)}`;

    it("offers to score the first ones", async () => {
      const user = open(`/${long}`);
      const first = await screen.findByRole("button", { name: "Score the first 200 characters" });
      expect(screen.getByRole("alert")).toHaveTextContent(/has 231 characters and the limit is 200/);
      expect(field()).toBeInvalid();
      expect(field()).toHaveAccessibleDescription("231 of 200 characters");
      await user.click(first);
      expect(field()).toHaveValue("long text. ".repeat(21).slice(0, 200));
      expect(screen.getByRole("region", { name: "Answer" })).toHaveFocus();
      expect(await verdict(/Not sure/)).toBeVisible();
    });

    it("offers to score the text as a file, in parts within the limit", async () => {
      const user = open(`/${long}`);
      await user.click(await screen.findByRole("button", { name: "Score it as a file" }));
      expect(window.location.pathname).toBe("/many");
      expect(takeText()).toBe(`${"long text. ".repeat(18).trim()}\n${"long text. ".repeat(3).trim()}`);
    });

    it("says if the browser blocks storage", async () => {
      vi.spyOn(Storage.prototype, "setItem").mockImplementation(() => {
        throw new DOMException("full", "QuotaExceededError");
      });
      const user = open(`/${long}`);
      await user.click(await screen.findByRole("button", { name: "Score it as a file" }));
      expect(screen.getByRole("alert")).toHaveTextContent("Save the text as a .txt file");
      expect(window.location.pathname).toBe("/");
    });
  });
});

import { screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { afterEach, beforeEach, expect, it } from "vitest";

import type { Attribute, AttributeChoice, AttributeList, Session } from "../../api/generated";
import { noteSignedIn } from "../../lib/signed-in";
import { problem, refuse } from "../../test/handlers";
import { open } from "../../test/render";
import { server } from "../../test/server";
import "./perspective-page"; // loaded before the clock of the first test starts

const PLACE = "*/api/v1/perspective/attributes";
const fixed: Attribute = {
  name: "TOXICITY",
  classifier: "reviews",
  label: "negative",
  source: "settings",
  problem: null,
};
let chosen: Attribute[] = [];
let scopes: string[] = [];

beforeEach(() => {
  [chosen, scopes] = [[], ["classifiers"]];
  noteSignedIn(["classifiers"]);
  server.use(
    http.get("*/api/v1/session", () =>
      HttpResponse.json<Session>({ signed_in: true, scopes, owner: false, expires_at: null }),
    ),
    http.get(PLACE, () =>
      HttpResponse.json<AttributeList>({
        attributes: [fixed, ...chosen],
        unanswered: ["INSULT", "SPAM"].filter((name) => !chosen.some((each) => each.name === name)),
        languages: ["en"],
      }),
    ),
    http.put<{ name: string }, AttributeChoice>(`${PLACE}/:name`, async ({ params, request }) => {
      const made = { name: params.name, ...(await request.json()), source: "chosen" as const, problem: null };
      chosen = [...chosen.filter(({ name }) => name !== made.name), made];
      return HttpResponse.json(made);
    }),
    http.delete<{ name: string }>(`${PLACE}/:name`, ({ params }) => {
      chosen = chosen.filter(({ name }) => name !== params.name);
      return new HttpResponse(null, { status: 204 });
    }),
  );
});
afterEach(() => localStorage.clear());

const rows = async () => within(await screen.findByRole("list", { name: "Attributes" }));

it("shows what answers each attribute, and lets it be changed", async () => {
  const user = open("/perspective");
  expect((await rows()).getAllByRole("listitem").map((row) => row.textContent)[0]).toMatch(
    /^TOXICITYreviews: negativefrom VALENCE_PERSPECTIVE_ATTRIBUTES/,
  );
  expect(screen.queryByLabelText("TOXICITY")).toBeNull();
  await user.selectOptions(screen.getByLabelText("INSULT"), "reviews: negative");
  await waitFor(() =>
    expect(chosen).toMatchObject([{ name: "INSULT", classifier: "reviews", label: "negative" }]),
  );
  await waitFor(() => expect(screen.getByLabelText("INSULT")).toHaveDisplayValue("reviews: negative"));
  await user.selectOptions(screen.getByLabelText("INSULT"), "nothing");
  await waitFor(() => expect(chosen).toEqual([]));
});

it("says which attribute can’t be answered any more", async () => {
  chosen = [
    { name: "INSULT", classifier: "gone", label: "rude", source: "chosen", problem: "There is no model." },
  ];
  open("/perspective");
  expect(await screen.findByText("Can’t be answered: There is no model.")).toBeVisible();
  expect(screen.getByLabelText("INSULT")).toHaveDisplayValue("gone: rude");
});

it("says why a change was refused", async () => {
  server.use(
    http.put(`${PLACE}/:name`, () =>
      refuse(problem(409, "attribute-fixed", "It is set", "Change it there.")),
    ),
  );
  const user = open("/perspective");
  await rows();
  await user.selectOptions(screen.getByLabelText("SPAM"), "reviews: positive");
  expect(await screen.findByText("Change it there.")).toBeVisible();
  expect(screen.getByLabelText("SPAM")).toHaveDisplayValue("nothing");
});

it("shows the answer to a comment in Perspective’s form", async () => {
  server.use(
    http.post("*/v1alpha1/comments:analyze", async ({ request }) =>
      HttpResponse.json({ asked: await request.json() }),
    ),
  );
  const user = open("/perspective");
  await user.type(await screen.findByLabelText("Try a comment"), "Useless.{Enter}");
  expect(await screen.findByText(/"text": "Useless\."/)).toHaveTextContent(/"TOXICITY": \{\}/);
});

it("asks visitors, and who may not teach, to sign in", async () => {
  scopes = ["predict"];
  open("/perspective");
  expect(await screen.findByRole("link", { name: "sign in" })).toHaveAttribute("href", "/train");
  expect(screen.queryByRole("list", { name: "Attributes" })).toBeNull();
});

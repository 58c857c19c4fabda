/** Screenshots of the page on which people teach a classifier, with one that is taught. */
import type { Browser, Page } from "playwright-core";

type Cookies = Awaited<ReturnType<ReturnType<Page["context"]>["cookies"]>>;

const NAME = "my-forum";
const RUDE = ["idiot", "moron", "clown", "troll", "liar", "fool"];
const KIND = ["thanks", "helpful", "kind", "welcome", "agreed", "lovely"];
const STARTS = ["What you say is", "I read it twice:", "As everyone knows,", "Honestly,", "My last word:"];
const POLLS = 600;

const session: Cookies = [];

/** 150 comments, three of them with the wrong label. */
const DECISIONS = [
  "comment,label",
  ...Array.from({ length: 150 }, (_, n) => {
    const [rude, word] = [n % 2 === 0, Math.floor(n / 2) % 6];
    const text = `${STARTS[n % 5]} ${(rude ? RUDE : KIND)[word]}, number ${n}.`;
    return `"${text}",${rude === (n % 50 !== 7) ? "removed" : "kept"}`;
  }),
].join("\n");

/** Teaches a classifier through the API, and signs a browser in. */
export async function teach(browser: Browser, url: string, key: string): Promise<void> {
  const call = async (method: string, path: string, body?: unknown, type = "application/json") => {
    const answer = await fetch(`${url}/api/v1/classifiers${path}`, {
      method,
      headers: { Authorization: `Bearer ${key}`, "Content-Type": type },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${await answer.text()}`);
    return (await answer.json()) as { state?: string };
  };
  await call("POST", "", { name: NAME, labels: ["removed", "kept"] });
  await call("POST", `/${NAME}/examples/file`, DECISIONS, "text/csv");
  await call("POST", `/${NAME}/fit`, {});
  for (let poll = 0; poll < POLLS && (await call("GET", `/${NAME}/fit`)).state !== "done"; poll += 1) {
    await new Promise((later) => setTimeout(later, 500));
  }
  await call("POST", `/${NAME}/published`, { version: 1 });
  const page = await browser.newPage();
  await page.goto(`${url}/train`);
  await page.getByLabel(/paste an API key/).fill(key);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page
    .getByRole("link", { name: NAME })
    .or(page.getByRole("button", { name: NAME }))
    .first()
    .waitFor();
  session.push(...(await page.context().cookies()));
  await page.close();
}

const signedIn = (page: Page) => page.context().addCookies(session);

export const TRAIN_SHOTS = {
  "train-sign-in": { path: "/train" },
  "train-list": { path: "/train", before: signedIn },
  "train-taught": { path: `/train#classifier=${NAME}`, before: signedIn },
  "train-examples": { path: `/train#classifier=${NAME}&view=examples`, before: signedIn },
  "train-versions": { path: `/train#classifier=${NAME}&view=versions`, before: signedIn },
};

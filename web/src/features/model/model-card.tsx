import { lazy, Suspense } from "react";

import { cardParts } from "./logic";
import pageClasses from "./model-page.module.css";

const Markdown = lazy(() => import("./markdown").then((module) => ({ default: module.Markdown })));

/** The model card, with its limits first: who relies on a model should not have to scroll for them. */
export function ModelCard({ card }: { card: string }) {
  const { body, limits } = cardParts(card);
  return (
    <Suspense>
      {limits ? (
        <section aria-labelledby="limits">
          <h2 id="limits">Known limits</h2>
          <Markdown>{limits}</Markdown>
        </section>
      ) : null}
      <section aria-labelledby="card">
        <h2 id="card">Model card</h2>
        {body === "" ? (
          <p className={pageClasses.lead}>This model came without one.</p>
        ) : (
          <Markdown>{body}</Markdown>
        )}
      </section>
    </Suspense>
  );
}

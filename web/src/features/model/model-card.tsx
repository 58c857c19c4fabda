import { lazy, Suspense } from "react";

import { cardParts } from "./logic";
import pageClasses from "./model-page.module.css";

const Markdown = lazy(() => import("./markdown").then((module) => ({ default: module.Markdown })));

/** The card's section on limits, apart: who relies on a model should not have to look for them. */
export function LimitsSection({ card }: { card: string }) {
  const { limits } = cardParts(card);
  if (!limits) return null;
  return (
    <section aria-labelledby="limits">
      <h2 id="limits">Known limits</h2>
      <Suspense>
        <Markdown title="known limits">{limits}</Markdown>
      </Suspense>
    </section>
  );
}

export function CardSection({ card }: { card: string }) {
  const { body } = cardParts(card);
  return (
    <section aria-labelledby="card">
      <h2 id="card">Model card</h2>
      <Suspense>
        {body === "" ? (
          <p className={pageClasses.lead}>This model came without one.</p>
        ) : (
          <Markdown title="the model card">{body}</Markdown>
        )}
      </Suspense>
    </section>
  );
}

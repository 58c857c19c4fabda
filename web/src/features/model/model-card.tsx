import { lazy, Suspense } from "react";

import { Fold } from "./fold";
import { cardParts } from "./logic";
import pageClasses from "./model-page.module.css";

const Markdown = lazy(() => import("./markdown").then((module) => ({ default: module.Markdown })));

/** What its card says of limits. */
export function Limits({ card }: { card: string }) {
  const { limits } = cardParts(card);
  if (!limits) return null;
  return (
    <Suspense>
      <Markdown title="known limits">{limits}</Markdown>
    </Suspense>
  );
}

export function CardSection({ card }: { card: string }) {
  const { body } = cardParts(card);
  return (
    <Fold id="card" title="Model card" about="what it is for, in its maker’s words">
      <Suspense>
        {body === "" ? (
          <p className={pageClasses.lead}>This model came without one.</p>
        ) : (
          <Markdown title="the model card">{body}</Markdown>
        )}
      </Suspense>
    </Fold>
  );
}

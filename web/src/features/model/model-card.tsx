import { lazy, Suspense } from "react";

import { CollapsibleSection } from "./collapsible-section";
import { cardParts } from "./logic";
import pageClasses from "./model-page.module.css";

const Markdown = lazy(() => import("./markdown").then((module) => ({ default: module.Markdown })));

/** The limits from the model card. */
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
    <CollapsibleSection id="card" title="Model card" about="intended use, as written by its author">
      <Suspense>
        {body === "" ? (
          <p className={pageClasses.lead}>This model has no model card.</p>
        ) : (
          <Markdown title="the model card">{body}</Markdown>
        )}
      </Suspense>
    </CollapsibleSection>
  );
}

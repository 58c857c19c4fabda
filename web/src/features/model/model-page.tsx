import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useDeferredValue } from "react";
import { useSearchParams } from "wouter";

import { asApiError } from "../../api/client";
import type { ModelDetail, ModelSummary } from "../../api/generated";
import { modelQuery, modelsQuery } from "../../api/queries";
import { Notice } from "../../components/notice";
import { PageHero } from "../../components/page-hero";
import { PageTitle } from "../../components/page-title";
import { SlowNotice } from "../../components/slow-notice";
import { Contents } from "./contents";
import { ResultDetails } from "./result-details";
import { ProvenanceSection } from "./provenance-section";
import { MistakesSection } from "./mistakes-section";
import { CardSection } from "./model-card";
import classes from "./model-page.module.css";
import { ModelLinks } from "./model-links";
import { Overview } from "./overview";
import { ResultsSection } from "./results-section";

export function ModelPage() {
  const [search] = useSearchParams();
  const list = useQuery(modelsQuery);
  const name = search.get("name") ?? list.data?.models.find((model) => model.default)?.name;
  const model = useQuery({ ...modelQuery(name ?? ""), enabled: name !== undefined });
  const shown = useDeferredValue(model.data); // renders in slices, so that the page stays responsive
  const failure = list.failureReason ?? model.failureReason;
  const retrying = list.isFetching || model.isFetching;
  const retry = () => void Promise.all([list.refetch(), model.refetch()]);

  return (
    <>
      <PageTitle>{name === undefined ? "Model" : `Model: ${name}`}</PageTitle>
      {shown ? null : (
        <PageHero title="The model">
          What it does, how accurate it is, where it fails, and how it was made.
        </PageHero>
      )}
      {failure ? <LoadError failure={failure} retrying={retrying} onRetry={retry} /> : null}
      {shown ? <Model model={shown} models={list.data?.models} /> : null}
      <SlowNotice waiting={!shown && !failure} />
      {shown || failure ? null : <Placeholder />}
    </>
  );
}

function Model({ model, models }: { model: ModelDetail; models: readonly ModelSummary[] | undefined }) {
  return (
    <article className={classes.model}>
      <ModelLinks models={models} current={model.name} />
      <Overview model={model} />
      <Contents />
      <MistakesSection model={model} />
      <div>
        <ResultsSection model={model} />
        <ResultDetails key={model.name} model={model} />
        <CardSection card={model.card} />
        <ProvenanceSection model={model} />
      </div>
    </article>
  );
}

interface LoadErrorProps {
  failure: Error;
  retrying: boolean;
  onRetry: () => void;
}

function LoadError({ failure, retrying, onRetry }: LoadErrorProps) {
  const error = asApiError(failure);
  return (
    <Notice
      title={error.title}
      detail={error.detail}
      meanwhile={retrying ? "Retrying automatically…" : undefined}
      action={retrying ? undefined : { label: "Try again", run: onRetry }}
    />
  );
}

function Placeholder() {
  return (
    <div aria-hidden="true">
      <Skeleton height={220} />
      <Skeleton height={320} mt={48} />
    </div>
  );
}

import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useDeferredValue, useMemo, useState } from "react";
import { Link } from "wouter";

import { asApiError } from "../../api/client";
import { modelsQuery, openapiQuery } from "../../api/queries";
import { Notice } from "../../components/notice";
import { PageHero } from "../../components/page-hero";
import { PageTitle } from "../../components/page-title";
import { SlowNotice } from "../../components/slow-notice";
import { paths } from "../../lib/paths";
import classes from "./developers-page.module.css";
import { endpointsOf, type Document } from "./document";
import { EndpointSection } from "./endpoint-section";
import { KeyField } from "./key-field";

/** The API reference, generated from the server's own OpenAPI document. */
export function DevelopersPage() {
  const document = useQuery(openapiQuery);
  const failure = document.failureReason ? asApiError(document.failureReason) : undefined;
  return (
    <>
      <PageTitle>API</PageTitle>
      <PageHero title="Call it from your own code.">
        One POST request scores a text. Nothing to install. Errors have stable codes, and their{" "}
        <code>detail</code> says what to do. See the <a href={paths.reference}>full reference</a>, the{" "}
        <a href={paths.errors}>list of errors</a>, and the <a href={paths.openapi}>OpenAPI document</a>. Do
        you come from Google’s Perspective API? <Link href={paths.perspective}>Compare your old scores</Link>.
      </PageHero>
      {failure ? (
        <Notice
          title={failure.title}
          detail={failure.detail}
          meanwhile={document.isFetching ? "Retrying automatically…" : undefined}
          action={
            document.isFetching ? undefined : { label: "Try again", run: () => void document.refetch() }
          }
        />
      ) : null}
      {failure ? null : <SlowNotice waiting={!document.data} />}
      <Body document={document.data} waiting={!failure} />
    </>
  );
}

function Body({ document, waiting }: { document: Document | undefined; waiting: boolean }) {
  const shown = useDeferredValue(document); // renders in slices, so that the page stays responsive
  if (shown) return <Reference document={shown} />;
  return waiting ? <Skeleton height="100vh" /> : null;
}

function Reference({ document }: { document: Document }) {
  const endpoints = useMemo(() => endpointsOf(document), [document]);
  const [key, setKey] = useState("");
  const models = useQuery(modelsQuery).data?.models ?? [];
  const model = models.find((model) => model.default) ?? models[0];
  const tags = [...new Set(endpoints.map(({ tag }) => tag))];
  return (
    <div className={classes.reference}>
      <nav aria-label="Endpoints" className={classes.nav}>
        {tags.map((tag) => (
          <div key={tag}>
            <p>{tag}</p>
            <ul>
              {endpoints
                .filter((endpoint) => endpoint.tag === tag)
                .map(({ id, summary }) => (
                  <li key={id}>
                    <a href={`#${id}`}>{summary}</a>
                  </li>
                ))}
            </ul>
          </div>
        ))}
      </nav>
      <div className={classes.calls}>
        <KeyField value={key} onChange={setKey} />
        {endpoints.map((endpoint) => (
          <EndpointSection key={endpoint.id} endpoint={endpoint} apiKey={key} modelName={model?.name} />
        ))}
      </div>
    </div>
  );
}

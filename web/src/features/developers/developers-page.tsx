import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useDeferredValue, useMemo, useState } from "react";

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

/** How to call this server from a program, from the document that it itself gives. */
export function DevelopersPage() {
  const document = useQuery(openapiQuery);
  const failure = document.failureReason ? asApiError(document.failureReason) : undefined;
  return (
    <>
      <PageTitle>For developers</PageTitle>
      <PageHero title="Call it from your own program.">
        One POST request scores a text. Nothing to install. Errors have stable codes, and their{" "}
        <code>detail</code> says what to do. The <a href={paths.reference}>whole reference</a> has each field
        of each answer, the <a href={paths.errors}>errors</a> and the{" "}
        <a href={paths.openapi}>OpenAPI document</a> too.
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
  const shown = useDeferredValue(document); // drawn in slices: the page stays alive meanwhile
  if (shown) return <Reference document={shown} />;
  return waiting ? <Skeleton height="100vh" /> : null;
}

function Reference({ document }: { document: Document }) {
  const endpoints = useMemo(() => endpointsOf(document), [document]);
  const [key, setKey] = useState("");
  const models = useQuery(modelsQuery).data?.models ?? [];
  const model = models.find((each) => each.default) ?? models[0];
  const tags = [...new Set(endpoints.map(({ tag }) => tag))];
  return (
    <div className={classes.reference}>
      <nav aria-label="Calls" className={classes.nav}>
        {tags.map((tag) => (
          <div key={tag}>
            <p>{tag}</p>
            <ul>
              {endpoints
                .filter((each) => each.tag === tag)
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

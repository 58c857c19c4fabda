import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";

import { attributesQuery } from "../../api/attributes";
import { asApiError } from "../../api/client";
import type { AttributeList } from "../../api/generated";
import { may, sessionQuery } from "../../api/session";
import { Notice } from "../../components/notice";
import shared from "../../components/shared.module.css";
import { SlowNotice } from "../../components/slow-notice";
import { paths } from "../../lib/paths";
import { useSignedInHint } from "../../lib/signed-in";
import { AnalyzeBox } from "./analyze-box";
import { AttributeRow } from "./attribute-row";
import classes from "./attributes.module.css";

/** Which label answers which attribute of Perspective's clients; people who are signed in can change it. */
export function AttributesSection() {
  const mayBeSignedIn = useSignedInHint("classifiers");
  return (
    <section className={`${shared.card} ${classes.attributes}`} aria-labelledby="attributes">
      <h2 id="attributes" className={shared.title}>
        What answers each attribute
      </h2>
      <p>
        Programs made for Perspective keep working at this server’s address. Each attribute that they ask for
        is answered with the probability of one label. Asking for another attribute is an error, never a
        made-up score.
      </p>
      {mayBeSignedIn ? <SignedIn /> : <SignInNote />}
    </section>
  );
}

function SignInNote() {
  return (
    <p>
      People who may teach classifiers on this server can see and change it:{" "}
      <Link href={paths.train}>sign in</Link>, then come back.
    </p>
  );
}

function SignedIn() {
  const session = useQuery(sessionQuery);
  if (session.data && !may(session.data, "classifiers")) return <SignInNote />;
  return session.data ? <Attributes /> : <SlowNotice waiting={session.isPending} />;
}

function Attributes() {
  const { data, failureReason, isFetching, refetch } = useQuery(attributesQuery);
  return (
    <>
      <SlowNotice waiting={!data && !failureReason} />
      {failureReason ? (
        <Notice
          title={asApiError(failureReason).title}
          detail={asApiError(failureReason).detail}
          action={isFetching ? undefined : { label: "Try again", run: () => void refetch() }}
        />
      ) : null}
      {data ? (
        <>
          <ul className={classes.rows} aria-label="Attributes">
            {rowsOf(data).map(({ name, attribute }) => (
              <AttributeRow key={name} name={name} attribute={attribute} />
            ))}
          </ul>
          {data.attributes.length > 0 ? (
            <AnalyzeBox attributes={data.attributes.map(({ name }) => name)} />
          ) : null}
        </>
      ) : null}
    </>
  );
}

/** Those of the settings, then the others by name, so that a row stays where it is when it is changed. */
function rowsOf({ attributes, unanswered }: AttributeList) {
  const rows = [
    ...attributes.map((attribute) => ({ name: attribute.name, attribute })),
    ...unanswered.map((name) => ({ name, attribute: undefined })),
  ];
  const isFixed = (row: (typeof rows)[number]) => row.attribute?.source === "settings";
  return rows.sort((a, b) => Number(isFixed(b)) - Number(isFixed(a)) || a.name.localeCompare(b.name));
}

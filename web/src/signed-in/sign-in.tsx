import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId, useState, type SyntheticEvent } from "react";

import { asApiError } from "../api/client";
import { sessionQuery, signIn, type Scope } from "../api/session";
import type { Session } from "../api/generated";
import { Notice } from "../components/notice";
import shared from "../components/shared.module.css";
import classes from "./sign-in.module.css";

interface SignInProps {
  session: Session | undefined;
  /** The scope that the page needs. */
  scope: Scope;
  /** What a key without it isn’t allowed to do. */
  purpose: string;
  /** Scopes that the page makes use of besides. */
  more?: readonly Scope[];
}

/** How to sign in: with the address from the terminal, or with an API key. */
export function SignIn({ session, scope, purpose, more = [] }: SignInProps) {
  const id = useId();
  const client = useQueryClient();
  const [key, setKey] = useState("");
  const signing = useMutation({
    networkMode: "always",
    mutationFn: () => signIn({ key: key.trim() }),
    onSuccess: (session) => client.setQueryData(sessionQuery.queryKey, session),
  });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (key.trim() !== "" && !signing.isPending) signing.mutate();
  };
  return (
    <section className={`${shared.card} ${shared.raised} ${classes.signIn}`} aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`} className={shared.title}>
        Sign in to begin
      </h2>
      <p>
        <b>On your own computer:</b> open the address that <code>make run</code> or <code>valence serve</code>{" "}
        printed in the terminal. It signs you in.
      </p>
      <form onSubmit={submit} className={classes.key}>
        <label htmlFor={id}>
          <b>Elsewhere:</b> paste an API key with the scope <code>{scope}</code>
        </label>
        <div className={classes.row}>
          <input
            id={id}
            type="password"
            autoComplete="off"
            spellCheck={false}
            value={key}
            aria-describedby={`${id}-note`}
            onChange={(event) => setKey(event.currentTarget.value)}
          />
          <Button type="submit" disabled={key.trim() === "" || signing.isPending}>
            {signing.isPending ? "Signing in…" : "Sign in"}
          </Button>
        </div>
        <p id={`${id}-note`} className={classes.quiet}>
          The server’s administrator creates one with{" "}
          <code>valence keys create NAME{[scope, ...more].map((each) => ` --scope ${each}`)}</code>. It is
          exchanged for a cookie and isn’t kept in the page.
        </p>
      </form>
      {session?.signed_in ? (
        <Notice
          title={`This key isn’t allowed to ${purpose}`}
          detail={`Sign in with a key that has the scope “${scope}”.`}
        />
      ) : null}
      {signing.error ? (
        <Notice title={asApiError(signing.error).title} detail={asApiError(signing.error).detail} />
      ) : null}
    </section>
  );
}

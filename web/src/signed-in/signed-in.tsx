import { useQueryClient } from "@tanstack/react-query";

import type { Session } from "../api/generated";
import { sessionQuery, signOut } from "../api/session";
import { QuietButton } from "../components/quiet-button";
import classes from "./sign-in.module.css";
import { useAction } from "./use-action";

/** Who is signed in, and signing out. */
export function SignedIn({ session }: { session: Session }) {
  const client = useQueryClient();
  const leaving = useAction(async () => {
    await signOut();
    await client.resetQueries(sessionQuery);
  });
  return (
    <>
      <p className={classes.who}>
        Signed in {session.owner ? "as the owner of this server" : "with an API key"}
        <QuietButton onClick={() => leaving.run()}>Sign out</QuietButton>
      </p>
      {leaving.notice}
    </>
  );
}

import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import type { FileItems } from "../../api/generated";
import { QUEUE, sendItems, type Community } from "../../api/moderation";
import { CodeTabs } from "../../components/code-tabs";
import { Notice } from "../../components/notice";
import { QuietButton } from "../../components/quiet-button";
import shared from "../../components/shared.module.css";
import { useOrigin } from "../../lib/hydration";
import { DropZone } from "../../reading/drop-zone";
import { useAction } from "../../signed-in/use-action";
import classes from "./bring-in-view.module.css";
import { Taken } from "./taken";

interface BringInViewProps {
  community: Community;
  name: string;
  /** Whether who is signed in may send comments. */
  allowed: boolean;
  /** Opens the view for pasted discussions. */
  onDiscussion: () => void;
}

/** Comments come in from a file, from a pasted discussion, or from the forum itself. */
export function BringInView({ community, name, allowed, onDiscussion }: BringInViewProps) {
  const client = useQueryClient();
  const [taken, setTaken] = useState<FileItems>();
  const [sent, setSent] = useState<string>();
  const sending = useAction(async (file: File) => {
    setTaken(undefined);
    setSent(file.name);
    setTaken(await sendItems(community, file));
    await client.invalidateQueries({ queryKey: QUEUE });
  });
  return (
    <div className={classes.ways}>
      {allowed ? (
        <>
          <div role="status" className={classes.taken}>
            {taken ? <Taken taken={taken} /> : sending.pending ? `Reading ${sent}…` : ""}
          </div>
          {sending.notice}
          <section aria-labelledby="bring-file">
            <h2 id="bring-file" className={shared.title}>
              A file
            </h2>
            <p>
              An export of Discourse, Reddit, Hacker News, Disqus, WordPress or Isso, or a table with a column
              of texts. Its content says what it is. A comment that is known already isn’t taken in twice.
            </p>
            <DropZone reading={sending.pending ? sent : undefined} onFile={sending.run} />
          </section>
          <section aria-labelledby="bring-paste">
            <h2 id="bring-paste" className={shared.title}>
              A discussion
            </h2>
            <p>
              Copy it from its page, and paste it in the view “Discussion”. It shows where the discussion
              turned before anything is stored.
            </p>
            <QuietButton onClick={onDiscussion}>Paste a discussion</QuietButton>
          </section>
        </>
      ) : (
        <Notice
          title="This key isn’t allowed to send comments"
          detail="To bring in a file or a discussion, sign in with a key that also has the scope “items”."
        />
      )}
      <Addresses name={name} />
    </div>
  );
}

/** Where a forum sends its comments. */
function Addresses({ name }: { name: string }) {
  const origin = useOrigin();
  const query = `?classifier=${encodeURIComponent(name)}`;
  return (
    <section aria-labelledby="bring-api">
      <h2 id="bring-api" className={shared.title}>
        From your forum
      </h2>
      <dl className={classes.addresses}>
        <dt>Discourse, as a webhook</dt>
        <dd>
          <code>{`${origin}/hooks/discourse${query}`}</code>
        </dd>
        <dt>Coral, as an external moderation phase</dt>
        <dd>
          <code>{`${origin}/hooks/coral${query}`}</code>
        </dd>
      </dl>
      <p className={classes.note}>
        Both need a secret in the server’s settings: <code>VALENCE_DISCOURSE_SECRETS</code> or{" "}
        <code>VALENCE_CORAL_QUEUE_SECRETS</code>. From your own program, with a key that has the scope{" "}
        <code>items</code>:
      </p>
      <CodeTabs
        call={{
          method: "POST",
          url: `${origin}/api/v1/items${query}`,
          body: {
            items: [{ id: "post-1", text: "You clearly didn’t read it.", author: "bob", thread: "t-1" }],
          },
        }}
      />
    </section>
  );
}

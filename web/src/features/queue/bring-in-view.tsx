import { useDebouncedValue } from "@mantine/hooks";
import { Button } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { discussionQuery } from "../../api/discussions";
import type { FileItems } from "../../api/generated";
import { QUEUE, sendItems, type Community } from "../../api/moderation";
import { CodeTabs } from "../../components/code-tabs";
import { Notice } from "../../components/notice";
import shared from "../../components/shared.module.css";
import { counted } from "../../lib/format";
import { useOrigin } from "../../lib/hydration";
import { DropZone } from "../../reading/drop-zone";
import { useAction } from "../../signed-in/use-action";
import { useBrowserDraft } from "../../signed-in/use-browser-draft";
import classes from "./bring-in-view.module.css";
import { takenWords } from "./taken-words";

interface BringInViewProps {
  community: Community;
  name: string;
  /** Whether who is signed in may send comments. */
  allowed: boolean;
}

/** Comments come in from a file, from a pasted discussion, or from the forum itself. */
export function BringInView({ community, name, allowed }: BringInViewProps) {
  const client = useQueryClient();
  const [taken, setTaken] = useState<FileItems>();
  const [sent, setSent] = useState<string>();
  const sending = useAction(async ({ content, title }: { content: Blob | string; title: string }) => {
    setTaken(undefined);
    setSent(title);
    setTaken(await sendItems(community, content));
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
            <DropZone
              reading={sending.pending ? sent : undefined}
              onFile={(file) => sending.run({ content: file, title: file.name })}
            />
          </section>
          <PastedDiscussion
            name={name}
            pending={sending.pending}
            onSend={(content) => sending.run({ content, title: "the discussion" })}
          />
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

function Taken({ taken }: { taken: FileItems }) {
  return (
    <>
      <p>{takenWords(taken)}</p>
      {taken.left_out.length + taken.warnings.length > 0 ? (
        <ul>
          {taken.left_out.map(({ comments, why }) => (
            <li key={why}>
              {comments} {why}
            </li>
          ))}
          {taken.warnings.map((warning) => (
            <li key={warning}>{warning}</li>
          ))}
        </ul>
      ) : null}
    </>
  );
}

interface PastedProps {
  name: string;
  pending: boolean;
  onSend: (text: string) => void;
}

const PAUSE_MS = 400;

function PastedDiscussion({ name, pending, onSend }: PastedProps) {
  const [text, setText, forget] = useBrowserDraft(`queue-paste-${name}`, "");
  const [settled] = useDebouncedValue(text, PAUSE_MS);
  const { data: read } = useQuery(discussionQuery({ text: settled }));
  const found = text.trim() === "" ? undefined : read;
  const comments = found?.comments.length ?? 0;
  return (
    <section aria-labelledby="bring-paste">
      <h2 id="bring-paste" className={shared.title}>
        A discussion
      </h2>
      <label htmlFor="paste">Copy it from the page as it is, and paste it here.</label>
      <textarea
        id="paste"
        dir="auto"
        rows={6}
        spellCheck={false}
        className={classes.paste}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <div className={classes.send}>
        <p role="status">{found ? `${found.format}: ${counted(comments, "comment")}` : ""}</p>
        <Button
          disabled={comments === 0 || pending}
          onClick={() => {
            onSend(text);
            forget();
          }}
        >
          Bring in {counted(comments, "comment")}
        </Button>
      </div>
    </section>
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

import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import type { DiscussionResponse, FileItems } from "../../api/generated";
import { QUEUE, sendItems, type Community } from "../../api/moderation";
import { QuietButton } from "../../components/quiet-button";
import { counted } from "../../lib/format";
import type { FragmentState } from "../../lib/fragment-state";
import { useAction } from "../../signed-in/use-action";
import classes from "./bring-in-view.module.css";
import type { Draft } from "./discussion/draft";
import { PastedDiscussion } from "./discussion/pasted-discussion";
import { Taken } from "./taken";

interface DiscussionViewProps {
  community: Community;
  name: string;
  /** Whether who is signed in may send comments. */
  allowed: boolean;
  address: FragmentState;
  /** Shows a discussion in the queue. */
  onThread: (thread: string) => void;
}

/** A pasted discussion: its timeline, before its comments are brought into the queue. */
export function DiscussionView({ community, name, allowed, address, onThread }: DiscussionViewProps) {
  return (
    <PastedDiscussion
      address={address}
      preferred={name}
      actions={(draft, read) =>
        allowed ? <BringIn key={draft.text} {...{ community, draft, read, onThread }} /> : null
      }
    />
  );
}

interface BringInProps extends Pick<DiscussionViewProps, "community" | "onThread"> {
  draft: Draft;
  read: DiscussionResponse;
}

/** Its comments become items of the queue, split as they are shown. */
function BringIn({ community, draft, read, onThread }: BringInProps) {
  const client = useQueryClient();
  const [taken, setTaken] = useState<FileItems>();
  const sending = useAction(async () => {
    setTaken(undefined);
    setTaken(await sendItems(community, draft.text.toWellFormed(), read.split));
    void client.invalidateQueries({ queryKey: QUEUE });
  });
  const thread = taken?.thread;
  return (
    <>
      <div className={classes.send}>
        <Button variant="default" disabled={sending.pending} onClick={() => sending.run()}>
          Bring {counted(read.comments.length, "comment")} into the queue
        </Button>
      </div>
      <div role="status" className={classes.taken}>
        {taken ? <Taken taken={taken} /> : ""}
        {thread ? <QuietButton onClick={() => onThread(thread)}>Open it in the queue</QuietButton> : null}
      </div>
      {sending.notice}
    </>
  );
}

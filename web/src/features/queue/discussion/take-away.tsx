import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import type { ModelSummary } from "../../../api/generated";
import { CopyButton } from "../../../components/copy-button";
import { count } from "../../../lib/format";
import type { Values } from "../../../lib/fragment-state";
import { paths } from "../../../lib/paths";
import { saveFile } from "../../../lib/save-file";
import type { Comment } from "./comment";
import type { Draft } from "./draft";
import { discussionCsv, discussionJsonLines } from "./export";
import { MOST_PACKED_CHARS, packed } from "./link";
import classes from "./take-away.module.css";
import type { Outcomes } from "./use-outcomes";

interface TakeAwayProps {
  draft: Draft;
  comments: readonly Comment[];
  outcomes: Outcomes;
  model: ModelSummary | undefined;
  address: Values;
}

/** A link that holds the discussion, and files with the scores. */
export function TakeAway({ draft, comments, outcomes, model, address }: TakeAwayProps) {
  const unfinished = outcomes.missing > 0;
  return (
    <div className={classes.row}>
      <ShareLink draft={draft} address={address} />
      <Button
        size="xs"
        variant="default"
        disabled={unfinished}
        onClick={() =>
          saveFile(
            "discussion-scored.csv",
            discussionCsv(comments, outcomes.of, model?.labels ?? []),
            "text/csv;charset=utf-8",
          )
        }
      >
        Download CSV
      </Button>
      <Button
        size="xs"
        variant="default"
        disabled={unfinished}
        onClick={() =>
          saveFile("discussion-scored.jsonl", discussionJsonLines(comments, outcomes.of), "application/jsonl")
        }
      >
        Download JSON Lines
      </Button>
    </div>
  );
}

function ShareLink({ draft, address }: Pick<TakeAwayProps, "draft" | "address">) {
  const { data } = useQuery({
    queryKey: ["discussion-link", draft],
    queryFn: async () => ({ value: await packed(draft) }),
    staleTime: Infinity,
    gcTime: 0,
  });
  if (!data) return null;
  if (data.value === undefined) {
    return (
      <p>
        Too long for a link, which holds {count(MOST_PACKED_CHARS)} characters when compressed: send the text
        itself, or a file.
      </p>
    );
  }
  // For the page that anybody can open, whichever one this is.
  const fragment = new URLSearchParams({ ...address, discussion: data.value });
  for (const ofTheQueue of ["view", "classifier"]) fragment.delete(ofTheQueue);
  return (
    <>
      <CopyButton value={`${window.location.origin}${paths.discussion}#${fragment}`} label="Copy a link" />
      <p>The link holds the whole text: anyone who has it can read it. This server stores nothing of it.</p>
    </>
  );
}

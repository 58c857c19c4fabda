import { useDebouncedValue } from "@mantine/hooks";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";

import { asApiError } from "../../api/client";
import { examplesQuery, exported } from "../../api/classifiers";
import type { Classifier } from "../../api/generated";
import { Button } from "@mantine/core";
import { Notice } from "../../components/notice";
import { QuietButton } from "../../components/quiet-button";
import { count } from "../../lib/format";
import { saveFile } from "../../lib/save-file";
import { Erase } from "./erase";
import { ExampleFilters } from "./example-filters";
import { ExampleRow } from "./example-row";
import classes from "./examples-view.module.css";
import { useAction } from "../../signed-in/use-action";
import type { Refit } from "./use-refit";
import { NO_FILTER, wantedOf } from "./wanted";

const TYPING_PAUSE_MS = 300;

interface ExamplesViewProps {
  classifier: Classifier;
  refit: Refit;
}

/** All examples: search, filter, change a label, remove, export, erase. */
export function ExamplesView({ classifier, refit }: ExamplesViewProps) {
  const { name } = classifier;
  const [filter, setFilter] = useState(NO_FILTER);
  const [settled] = useDebouncedValue(filter, TYPING_PAUSE_MS);
  const examples = useInfiniteQuery(examplesQuery(name, wantedOf(settled)));
  const rows = examples.data?.pages.flatMap(({ items }) => items) ?? [];
  const exporting = useAction(async () => saveFile(`${name}.csv`, await exported(name), "text/csv"));
  return (
    <>
      <div className={classes.bar}>
        <ExampleFilters labels={classifier.labels} filter={filter} onChange={setFilter} />
        <QuietButton onClick={() => exporting.run()}>Export as CSV</QuietButton>
      </div>
      {exporting.notice}
      {examples.failureReason ? (
        <Notice
          title={asApiError(examples.failureReason).title}
          detail={asApiError(examples.failureReason).detail}
        />
      ) : null}
      <p role="status" className={classes.count}>
        {examples.data ? shownWords(rows.length, examples.hasNextPage) : "Loading the examples…"}
      </p>
      <ul className={classes.rows} aria-label="Examples">
        {rows.map((example) => (
          <ExampleRow key={example.id} example={example} classifier={classifier} onChanged={refit.changed} />
        ))}
      </ul>
      {examples.hasNextPage ? (
        <Button
          variant="default"
          disabled={examples.isFetchingNextPage}
          onClick={() => void examples.fetchNextPage()}
        >
          {examples.isFetchingNextPage ? "Loading…" : "Show more"}
        </Button>
      ) : null}
      <Erase onErased={refit.changed} />
    </>
  );
}

const shownWords = (rows: number, more: boolean): string =>
  rows === 0 ? "No examples match." : `${more ? "The newest " : ""}${count(rows)} shown`;

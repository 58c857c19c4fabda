import { Tabs } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { asApiError } from "../../api/client";
import { classifierQuery } from "../../api/classifiers";
import type { Classifier } from "../../api/generated";
import { Notice } from "../../components/notice";
import { QuietButton } from "../../components/quiet-button";
import { SlowNotice } from "../../components/slow-notice";
import { count } from "../../lib/format";
import { ExamplesView } from "./examples-view";
import { TeachView } from "./teach-view";
import classes from "./train.module.css";
import { totalOf } from "../../signed-in/words";
import { useRefit } from "./use-refit";
import { VersionsView } from "./versions-view";

interface ClassifierViewProps {
  name: string;
  view: string;
  onView: (view: string) => void;
  onLeave: () => void;
}

/** One classifier: teaching it, its examples, its versions. */
export function ClassifierView({ name, view, onView, onLeave }: ClassifierViewProps) {
  const { data: classifier, failureReason } = useQuery(classifierQuery(name));
  return (
    <>
      <div className={classes.back}>
        <QuietButton onClick={onLeave}>← All classifiers</QuietButton>
      </div>
      <SlowNotice waiting={classifier === undefined && !failureReason} />
      {failureReason ? (
        <Notice title={asApiError(failureReason).title} detail={asApiError(failureReason).detail} />
      ) : null}
      {classifier ? <Views classifier={classifier} view={view} onView={onView} onLeave={onLeave} /> : null}
    </>
  );
}

interface ViewsProps extends Omit<ClassifierViewProps, "name"> {
  classifier: Classifier;
}

function Views({ classifier, view, onView, onLeave }: ViewsProps) {
  const refit = useRefit(classifier);
  return (
    <>
      <h2 className={classes.name}>{classifier.name}</h2>
      <Tabs value={view} onChange={(chosen) => onView(chosen ?? "teach")} keepMounted={false}>
        <Tabs.List aria-label={`Views of ${classifier.name}`}>
          <Tabs.Tab value="teach">Teach</Tabs.Tab>
          <Tabs.Tab value="versions">Versions</Tabs.Tab>
          <Tabs.Tab value="examples">Examples ({count(totalOf(classifier.examples))})</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="teach" pt="md">
          <TeachView classifier={classifier} refit={refit} />
        </Tabs.Panel>
        <Tabs.Panel value="versions" pt="md">
          <VersionsView classifier={classifier} onDeleted={onLeave} />
        </Tabs.Panel>
        <Tabs.Panel value="examples" pt="md">
          <ExamplesView classifier={classifier} refit={refit} />
        </Tabs.Panel>
      </Tabs>
    </>
  );
}

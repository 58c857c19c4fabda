import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { asApiError } from "../../api/client";
import { versionsQuery } from "../../api/classifiers";
import type { Classifier } from "../../api/generated";
import { Notice } from "../../components/notice";
import { Comparison } from "../../signed-in/comparison";
import { DeleteClassifier } from "./delete-classifier";
import { UploadVersion } from "./upload-version";
import { VersionRow } from "./version-row";
import classes from "./versions.module.css";

interface VersionsViewProps {
  classifier: Classifier;
  onDeleted: () => void;
}

/** Every version: compare, publish or go back, download, upload, delete. */
export function VersionsView({ classifier, onDeleted }: VersionsViewProps) {
  const {
    data: versions = [],
    isPending,
    failureReason,
  } = useQuery({
    ...versionsQuery(classifier),
    placeholderData: keepPreviousData,
  });
  const [compared, setCompared] = useState<{ version: number; withVersion: number }>();
  const published = classifier.published?.number;
  return (
    <>
      {failureReason ? (
        <Notice title={asApiError(failureReason).title} detail={asApiError(failureReason).detail} />
      ) : null}
      {versions.length === 0 && !isPending ? (
        <p className={classes.none}>There are no versions yet. The first one comes with the first fit.</p>
      ) : null}
      <ol className={classes.list} aria-label="Versions">
        {versions.map((version) => (
          <VersionRow
            key={`${version.number} ${version.head}`}
            name={classifier.name}
            version={version}
            published={published}
            others={versions.filter((other) => other.number !== version.number).map(({ number }) => number)}
            onCompare={(withVersion) => setCompared({ version: version.number, withVersion })}
          />
        ))}
      </ol>
      {compared ? <Comparison name={classifier.name} {...compared} /> : null}
      <UploadVersion name={classifier.name} />
      <DeleteClassifier name={classifier.name} onDeleted={onDeleted} />
    </>
  );
}

import { useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";

import { refresh, uploadedVersion } from "../../api/classifiers";
import { Notice } from "../../components/notice";
import { QuietButton } from "../../components/quiet-button";
import { headArchive, NoHeadError } from "./head-archive";
import { useAction } from "../../signed-in/use-action";
import classes from "./versions.module.css";

/** A version from a model folder that was fitted elsewhere, or downloaded from another server. */
export function UploadVersion({ name }: { name: string }) {
  const client = useQueryClient();
  const chooser = useRef<HTMLInputElement>(null);
  const [unreadable, setUnreadable] = useState<string>();
  const [made, setMade] = useState<number>();
  const uploading = useAction(async (file: File) => {
    setUnreadable(undefined);
    setMade(undefined);
    try {
      const { number } = await uploadedVersion(name, await headArchive(file), file.name);
      setMade(number);
    } catch (error) {
      if (!(error instanceof NoHeadError)) throw error;
      setUnreadable(error.message);
    }
    await refresh(client);
  });
  return (
    <div className={classes.upload}>
      <QuietButton onClick={() => chooser.current?.click()}>Upload a version</QuietButton>
      <p className={classes.note}>
        A model folder as a ZIP file, fitted on the same encoder for the same labels.
      </p>
      <input
        ref={chooser}
        type="file"
        accept=".zip,application/zip"
        aria-label="A model folder as a ZIP file"
        hidden
        onChange={({ target }) => {
          const [file] = target.files ?? [];
          target.value = "";
          if (file) uploading.run(file);
        }}
      />
      <p role="status">{statusOf(uploading.pending, made)}</p>
      {unreadable ? <Notice title="The file can’t be uploaded" detail={unreadable} /> : null}
      {uploading.notice}
    </div>
  );
}

const statusOf = (pending: boolean, made: number | undefined): string => {
  if (pending) return "Uploading…";
  return made === undefined ? "" : `Uploaded as version ${made}. It answers once you publish it.`;
};

import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { refreshModels, removeClassifier } from "../../api/classifiers";
import { Confirm } from "../../components/confirm";
import { QuietButton } from "../../components/quiet-button";
import { drop } from "./example-reading";
import { useAction } from "../../signed-in/use-action";
import classes from "./versions.module.css";

interface DeleteClassifierProps {
  name: string;
  onDeleted: () => void;
}

export function DeleteClassifier({ name, onDeleted }: DeleteClassifierProps) {
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const deleting = useAction(async () => {
    await removeClassifier(name);
    drop(name);
    onDeleted();
    await refreshModels(client);
  });
  return (
    <div className={classes.delete}>
      <QuietButton onClick={() => setAsking(true)}>Delete this classifier</QuietButton>
      {deleting.notice}
      <Confirm
        open={asking}
        title={`Delete ${name}?`}
        detail="Its examples, their texts and all its versions are deleted from the server. Requests for it will fail. There is no copy."
        cancel="Keep it"
        confirm="Delete everything"
        onCancel={() => setAsking(false)}
        onConfirm={() => {
          setAsking(false);
          deleting.run();
        }}
      />
    </div>
  );
}

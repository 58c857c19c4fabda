import { Button } from "@mantine/core";
import { useState } from "react";

import { Choice } from "../../components/choice";
import { Notice } from "../../components/notice";
import { ENCODINGS } from "./decode";
import { session, type Stage } from "./session";
import classes from "./unreadable-file.module.css";

const DEFAULT_ENCODING = ENCODINGS[0]?.name ?? "";

/** Why a file can't be read, and what to do. */
export function UnreadableFile({
  stage: { file, problem },
}: {
  stage: Extract<Stage, { kind: "unreadable" }>;
}) {
  const [encoding, setEncoding] = useState(DEFAULT_ENCODING);
  return (
    <div className={classes.problem}>
      <Notice
        title={`${file.name}: ${problem.title.charAt(0).toLowerCase()}${problem.title.slice(1)}`}
        detail={problem.detail}
      />
      <div className={classes.options}>
        {problem.encoding ? (
          <>
            <Choice
              label="Encoding"
              value={encoding}
              options={ENCODINGS.map(({ name, label }) => ({ value: name, name: label }))}
              onChoose={setEncoding}
            />
            <Button onClick={() => void session.open(file, encoding)}>Read with this encoding</Button>
          </>
        ) : null}
        <Button variant="default" onClick={() => void session.clear()}>
          Choose another file
        </Button>
      </div>
    </div>
  );
}

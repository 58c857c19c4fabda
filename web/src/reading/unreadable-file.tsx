import { Button } from "@mantine/core";

import { Choice } from "../components/choice";
import { Notice } from "../components/notice";
import { oneClickFor } from "./choosing";
import type { FileReading, Unreadable } from "./file-reading";
import { ENCODINGS, TEXT_FORMATS, type Format } from "./words";
import classes from "./unreadable-file.module.css";

const TOO_LARGE = "Split it, or score it with the command: valence score.";

/** Why a file can't be read, and what would read it, each with one click. */
export function UnreadableFile({ stage, reading }: { stage: Unreadable; reading: FileReading }) {
  const { file, options, problem, isRereading } = stage;
  const detail = problem.detail.replace(/^The file\b/, file.name);
  const detected = { value: "", name: "detected" };
  return (
    <div className={classes.problem} aria-busy={isRereading}>
      <Notice
        title={`${file.name}: ${problem.title}`}
        detail={problem.status === 413 ? `${detail} ${TOO_LARGE}` : detail}
      />
      <div className={classes.options}>
        {problem.isTemporary ? <Button onClick={() => void reading.reread({})}>Try again</Button> : null}
        {oneClickFor(problem.offers).map(({ label, change }) => (
          <Button key={label} onClick={() => void reading.reread(change)}>
            {label}
          </Button>
        ))}
        <Button variant="subtle" color="gray" onClick={reading.clear}>
          Choose another file
        </Button>
      </div>
      {problem.code === "invalid-file" ? (
        <div className={classes.options}>
          <Choice
            label="Format"
            value={options.format ?? ""}
            options={[detected, ...TEXT_FORMATS]}
            onChoose={(value) =>
              void reading.reread({ format: value === "" ? undefined : (value as Format) })
            }
          />
          <Choice
            label="Encoding"
            value={options.encoding ?? ""}
            options={[detected, ...ENCODINGS]}
            onChoose={(value) => void reading.reread({ encoding: value || undefined })}
          />
        </div>
      ) : null}
    </div>
  );
}

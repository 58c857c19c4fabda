import { Button } from "@mantine/core";

import { Notice } from "../components/notice";
import { counted } from "../lib/format";
import { BadRows } from "./bad-rows";
import type { FileReading, Unreadable } from "./file-reading";
import { UnderstoodBar } from "./understood-bar";
import classes from "./unreadable-file.module.css";

/** Why a file can't be read, and what would read it, each with one click. */
export function UnreadableFile({ stage, reading }: { stage: Unreadable; reading: FileReading }) {
  const { file, problem, understood, isRereading } = stage;
  const [likeliest, ...others] = problem.offers;
  return (
    <div className={classes.problem} aria-busy={isRereading}>
      <Notice
        title={`${file.name}: ${problem.title.charAt(0).toLowerCase()}${problem.title.slice(1)}`}
        detail={problem.detail}
      />
      {problem.bad.length > 1 ? (
        <div className={classes.options}>
          <BadRows
            bad={problem.bad}
            unit={problem.unit}
            summary={`Show the ${counted(problem.bad.length, "row")} that can’t be read`}
          />
        </div>
      ) : null}
      <div className={classes.options}>
        {likeliest ? (
          <Button onClick={() => void reading.reread(likeliest.options)}>{likeliest.label}</Button>
        ) : null}
        {others.map(({ label, options }) => (
          <Button key={label} variant="default" onClick={() => void reading.reread(options)}>
            {label}
          </Button>
        ))}
        <Button variant="subtle" color="gray" onClick={reading.clear}>
          Choose another file
        </Button>
      </div>
      {understood ? (
        <div className={classes.options}>
          <UnderstoodBar understood={understood} onReread={(options) => void reading.reread(options)} />
        </div>
      ) : null}
    </div>
  );
}

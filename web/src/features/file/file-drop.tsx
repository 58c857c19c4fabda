import { QuietButton } from "../../components/quiet-button";
import { useHydrated } from "../../lib/hydration";
import { DropZone } from "../../reading/drop-zone";
import { ReadingProgress } from "../../reading/reading-progress";
import { exampleFile } from "./example-file";
import classes from "./file-drop.module.css";
import { JobList } from "./job-list";
import { session } from "./session";

/** A field for a file, an example, and the files on the server. */
export function FileDrop({ reading }: { reading: string | undefined }) {
  const takenOver = useHydrated();
  return (
    <div>
      <ReadingProgress reading={reading !== undefined} onCancel={session.reading.cancel} />
      <DropZone reading={reading} onFile={(file) => void session.open(file)} />
      <p className={classes.example}>
        No file yet?{" "}
        <QuietButton onClick={() => void session.open(exampleFile())}>Try an example: 24 reviews</QuietButton>
      </p>
      {takenOver ? <JobList /> : null}
    </div>
  );
}

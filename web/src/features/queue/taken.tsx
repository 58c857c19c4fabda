import type { FileItems } from "../../api/generated";
import { takenWords } from "./taken-words";

/** What became of comments that were brought in. */
export function Taken({ taken }: { taken: FileItems }) {
  return (
    <>
      <p>{takenWords(taken)}</p>
      {taken.left_out.length + taken.warnings.length > 0 ? (
        <ul>
          {taken.left_out.map(({ comments, why }) => (
            <li key={why}>
              {comments} {why}
            </li>
          ))}
          {taken.warnings.map((warning) => (
            <li key={warning}>{warning}</li>
          ))}
        </ul>
      ) : null}
    </>
  );
}

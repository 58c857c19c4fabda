import type { Explanation } from "../../api/generated";
import classes from "./item-view.module.css";
import { markedPieces } from "./marked-pieces";

interface TippedTextProps {
  text: string;
  explanation: Explanation | undefined;
  approveLabel: string | null;
}

/** The comment, with the words that speak for action marked once they are known. */
export function TippedText({ text, explanation, approveLabel }: TippedTextProps) {
  if (!explanation) return text;
  return (
    <span className={classes.tipped}>
      {markedPieces(explanation, approveLabel).map(({ text: piece, isMarked }, i) =>
        isMarked ? <mark key={i}>{piece}</mark> : piece,
      )}
    </span>
  );
}

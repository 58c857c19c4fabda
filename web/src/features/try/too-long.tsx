import { useState } from "react";
import { useLocation } from "wouter";

import { Notice } from "../../components/notice";
import { count, counted } from "../../lib/format";
import { offerText } from "../../lib/handover";
import { paths } from "../../lib/paths";
import { codePoints, firstCharacters } from "../../lib/text";
import { linesOf } from "./lines";

interface TooLongProps {
  text: string;
  /** The most characters that the server takes in one text. */
  limit: number;
  onText: (text: string) => void;
}

/** A text that is too long for one answer, and the two ways to score it all the same. */
export function TooLong({ text, limit, onText }: TooLongProps) {
  const [, navigate] = useLocation();
  const [kept, setKept] = useState(true);
  const scoreAsFile = () => {
    const offered = offerText(linesOf(text, limit).join("\n"));
    setKept(offered);
    if (offered) navigate(paths.many);
  };
  return (
    <Notice
      title="This text is too long for one answer"
      detail={
        kept
          ? `It has ${counted(codePoints(text), "character")}, and this server takes ${count(limit)} at a time. As a file, each line is scored by itself.`
          : "This browser does not let the page keep the text. Save it as a .txt file and open that under Files."
      }
      action={{
        label: `Score the first ${counted(limit, "character")}`,
        run: () => onText(firstCharacters(text, limit)),
      }}
      otherAction={kept ? { label: "Score it as a file", run: scoreAsFile } : undefined}
    />
  );
}

import { useState } from "react";
import { useLocation } from "wouter";

import { Notice } from "../../components/notice";
import { count, counted } from "../../lib/format";
import { offerText } from "../../lib/handover";
import { paths } from "../../lib/paths";
import { codePoints, firstCharacters } from "../../lib/text";
import { splitLines } from "./split-lines";

interface TooLongProps {
  text: string;
  /** The server's limit of characters per text. */
  limit: number;
  onText: (text: string) => void;
}

/** Says that the text is too long, and offers two ways to score it. */
export function TooLong({ text, limit, onText }: TooLongProps) {
  const [, navigate] = useLocation();
  const [canStore, setCanStore] = useState(true);
  const scoreAsFile = () => {
    const offered = offerText(splitLines(text, limit).join("\n"));
    setCanStore(offered);
    if (offered) navigate(paths.many);
  };
  return (
    <Notice
      title="This text is too long"
      detail={
        canStore
          ? `It has ${counted(codePoints(text), "character")} and the limit is ${count(limit)}. If you score it as a file, each line gets its own score.`
          : "This browser blocks storage. Save the text as a .txt file and open it on the Files page."
      }
      action={{
        label: `Score the first ${counted(limit, "character")}`,
        run: () => onText(firstCharacters(text, limit)),
      }}
      otherAction={canStore ? { label: "Score it as a file", run: scoreAsFile } : undefined}
    />
  );
}

import { Notice } from "../components/notice";
import { excerpt } from "../lib/text";
import { useUnsent } from "./use-feedback";

/** Reports feedback that couldn't be sent after its form was gone. */
export function UnsentFeedback() {
  const { list, send, isSending, drop } = useUnsent();
  const [first] = list;
  if (!first) return null;
  return (
    <Notice
      title={`Your feedback on “${excerpt(first.judged.text, 60)}” wasn’t saved: ${first.error.title}`}
      detail={first.error.detail}
      meanwhile={isSending ? "Sending…" : undefined}
      action={isSending ? undefined : { label: "Try again", run: () => send(first) }}
      otherAction={isSending ? undefined : { label: "Dismiss", run: () => drop(first) }}
    />
  );
}

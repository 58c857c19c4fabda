import { Notice } from "../components/notice";
import { excerpt } from "../lib/text";
import { useUnsent } from "./use-feedback";

/** Feedback that failed after its text had gone from the page: said here, or nobody would know. */
export function UnsentFeedback() {
  const { list, send, underway, drop } = useUnsent();
  const [first] = list;
  if (!first) return null;
  return (
    <Notice
      title={`Your feedback on “${excerpt(first.judged.text, 60)}” was not saved: ${first.error.title}`}
      detail={first.error.detail}
      meanwhile={underway ? "Sending…" : undefined}
      action={underway ? undefined : { label: "Send it again", run: () => send(first) }}
      otherAction={underway ? undefined : { label: "Dismiss", run: () => drop(first) }}
    />
  );
}

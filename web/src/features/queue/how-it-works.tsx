import { paths } from "../../lib/paths";
import { About } from "../../signed-in/about";

const STEPS = [
  {
    name: "Bring comments in.",
    text: "Drop an export of your forum, paste a discussion, or let the forum send them.",
  },
  {
    name: "Decide with one key.",
    text: "Approve, remove, or set aside, with the thread around each comment. Undo works too.",
  },
  {
    name: "Let decisions teach.",
    text: "Refit the classifier, compare the versions, and publish the better one.",
  },
  {
    name: "See how good it is.",
    text: "One comment in ten is shown without a score, for honest figures.",
  },
];

/** The queue, for who isn't signed in. */
export function HowItWorks() {
  return (
    <About title="A queue for moderators" steps={STEPS}>
      Nothing is stored before somebody brings comments in. To look at one discussion without an account, use{" "}
      <a href={paths.discussion}>Discussion</a>.
    </About>
  );
}

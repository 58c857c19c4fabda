import { About } from "../../signed-in/about";

const STEPS = [
  {
    name: "Name your labels.",
    text: (
      <>
        For example <i>removed</i> and <i>kept</i>.
      </>
    ),
  },
  {
    name: "Give examples.",
    text: "Drop a file of past decisions, or label 20 comments with the keys 1 and 2.",
  },
  {
    name: "See how good it is.",
    text: "It is tested on examples that it hasn’t seen, and says when there are too few to know.",
  },
  {
    name: "Publish it.",
    text: "The page and the API answer with it at once. You can go back at any time.",
  },
];

/** Teaching, for who isn't signed in. */
export function HowItWorks() {
  return (
    <About title="A classifier for your community, in minutes" steps={STEPS}>
      Nothing is stored before you create a classifier. After that, the server stores the examples that you
      add, until you remove them or delete the classifier.
    </About>
  );
}

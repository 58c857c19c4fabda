import shared from "../../components/shared.module.css";
import { paths } from "../../lib/paths";
import classes from "./how-it-works.module.css";

/** What the page is, for who isn't signed in. */
export function HowItWorks() {
  return (
    <section className={`${shared.card} ${classes.about}`} aria-labelledby="about">
      <h2 id="about" className={shared.title}>
        A queue for moderators
      </h2>
      <ol className={classes.stages}>
        <li>
          <b>Bring comments in.</b> Drop an export of your forum, paste a discussion, or let the forum send
          them.
        </li>
        <li>
          <b>Decide with one key.</b> Approve, remove, or set aside, with the thread around each comment. Undo
          works too.
        </li>
        <li>
          <b>Let decisions teach.</b> Refit the classifier, compare the versions, and publish the better one.
        </li>
        <li>
          <b>See how good it is.</b> One comment in ten is shown without a score, for honest figures.
        </li>
      </ol>
      <p>
        Nothing is stored before somebody brings comments in. To look at one discussion without an account,
        use <a href={paths.discussion}>Discussion</a>.
      </p>
    </section>
  );
}

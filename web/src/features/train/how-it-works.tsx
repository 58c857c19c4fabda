import shared from "../../components/shared.module.css";
import classes from "./train.module.css";

/** What the page is, for who isn't signed in. */
export function HowItWorks() {
  return (
    <section className={`${shared.card} ${classes.about}`} aria-labelledby="about">
      <h2 id="about" className={shared.title}>
        A classifier for your community, in minutes
      </h2>
      <ol className={classes.stages}>
        <li>
          <b>Name your labels.</b> For example <i>removed</i> and <i>kept</i>.
        </li>
        <li>
          <b>Give examples.</b> Drop a file of past decisions, or label 20 comments with the keys 1 and 2.
        </li>
        <li>
          <b>See how good it is.</b> It is tested on examples that it hasn’t seen, and says when there are too
          few to know.
        </li>
        <li>
          <b>Publish it.</b> The page and the API answer with it at once. You can go back at any time.
        </li>
      </ol>
      <p>
        Nothing is stored before you create a classifier. After that, the server stores the examples that you
        add, until you remove them or delete the classifier.
      </p>
    </section>
  );
}

import { Link } from "wouter";

import { PageTitle } from "../components/page-title";
import { paths } from "../lib/paths";
import classes from "./shell.module.css";

export function NotFound() {
  return (
    <div className={classes.notFound}>
      <PageTitle>Nothing here</PageTitle>
      <h1>There is no page at this address.</h1>
      <p>
        Where to go from here: <Link href={paths.tryIt}>try the classifier</Link>,{" "}
        <Link href={paths.many}>score a file of texts</Link>,{" "}
        <Link href={paths.discussion}>follow a discussion</Link>, or read{" "}
        <Link href={paths.model}>what the model is</Link>.
      </p>
    </div>
  );
}

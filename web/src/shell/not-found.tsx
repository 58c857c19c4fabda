import { Link } from "wouter";

import { PageTitle } from "../components/page-title";
import { paths } from "../lib/paths";
import classes from "./shell.module.css";

export function NotFound() {
  return (
    <div className={classes.notFound}>
      <PageTitle>Page not found</PageTitle>
      <h1>Page not found</h1>
      <p>
        There is no page at this address. You can <Link href={paths.tryIt}>try the classifier</Link>,{" "}
        <Link href={paths.many}>score a file</Link>, <Link href={paths.discussion}>analyse a discussion</Link>
        , or <Link href={paths.model}>read about the model</Link>.
      </p>
    </div>
  );
}

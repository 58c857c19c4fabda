import { Button } from "@mantine/core";

import classes from "./notice.module.css";
import shared from "./shared.module.css";

interface NoticeProps {
  title: string;
  detail: string;
  /** What the page itself is doing about it. */
  meanwhile?: string | undefined;
  action?: { label: string; run: () => void } | undefined;
}

/** Says what went wrong and what to do about it. */
export function Notice({ title, detail, meanwhile, action }: NoticeProps) {
  return (
    <div role="alert" className={`${shared.warning} ${classes.notice}`}>
      <p className={classes.title}>{title}</p>
      <p>{detail}</p>
      {meanwhile ? <p className={classes.meanwhile}>{meanwhile}</p> : null}
      {action ? (
        <Button variant="default" size="compact-sm" onClick={action.run}>
          {action.label}
        </Button>
      ) : null}
    </div>
  );
}

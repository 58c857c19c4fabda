import { Button } from "@mantine/core";

import classes from "./notice.module.css";
import shared from "./shared.module.css";

interface NoticeProps {
  title: string;
  detail: string;
  /** What the page is doing about it. */
  meanwhile?: string | undefined;
  action?: Action | undefined;
  /** A second option. */
  otherAction?: Action | undefined;
}

interface Action {
  label: string;
  run: () => void;
}

/** Says what went wrong and what to do. */
export function Notice({ title, detail, meanwhile, action, otherAction }: NoticeProps) {
  return (
    <div role="alert" className={`${shared.warning} ${classes.notice}`}>
      <p className={classes.title}>{title}</p>
      <p>{detail}</p>
      {meanwhile ? <p className={classes.meanwhile}>{meanwhile}</p> : null}
      {[action, otherAction].map((button) =>
        button ? (
          <Button key={button.label} variant="default" size="compact-sm" onClick={button.run}>
            {button.label}
          </Button>
        ) : null,
      )}
    </div>
  );
}

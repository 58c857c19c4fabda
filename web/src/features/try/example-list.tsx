import { UnstyledButton } from "@mantine/core";

import { useHydrated } from "../../lib/hydration";
import classes from "./example-list.module.css";
import { EXAMPLES } from "./examples";

/** Example texts to try. */
export function ExampleList({ onChoose }: { onChoose: (text: string) => void }) {
  const takenOver = useHydrated();
  return (
    <div className={classes.examples}>
      <h2>Type above or try an example</h2>
      <ul>
        {EXAMPLES.map(({ kind, text, mistake }) => (
          <li key={kind}>
            <UnstyledButton className={classes.example} disabled={!takenOver} onClick={() => onChoose(text)}>
              <span className={classes.kind}>{kind}</span> <span className={classes.text}>{text}</span>{" "}
              {mistake ? <span className={classes.mistaken}>known mistake</span> : null}
            </UnstyledButton>
          </li>
        ))}
      </ul>
    </div>
  );
}

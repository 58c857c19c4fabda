import { UnstyledButton } from "@mantine/core";

import classes from "./example-list.module.css";
import { EXAMPLES } from "./examples";

/** Texts to start from. */
export function ExampleList({ onChoose }: { onChoose: (text: string) => void }) {
  return (
    <div className={classes.examples}>
      <h2>Type above, or start from one of these</h2>
      <ul>
        {EXAMPLES.map(({ kind, text }) => (
          <li key={kind}>
            <UnstyledButton className={classes.example} onClick={() => onChoose(text)}>
              <span className={classes.kind}>{kind}</span>
              <span className={classes.text}>{text}</span>
            </UnstyledButton>
          </li>
        ))}
      </ul>
    </div>
  );
}

import { useMantineColorScheme, type MantineColorScheme } from "@mantine/core";

import { useHydrated } from "../lib/hydration";
import classes from "./colour-scheme-choice.module.css";
import shared from "./shared.module.css";

const CHOICES: readonly { scheme: MantineColorScheme; label: string; path: string }[] = [
  {
    scheme: "light",
    label: "Light",
    path: "M12 3v2M12 19v2M3 12h2M19 12h2M5.6 5.6 7 7M17 17l1.4 1.4M5.6 18.4 7 17M17 7l1.4-1.4M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8Z",
  },
  { scheme: "auto", label: "System", path: "M4 5h16v11H4zM9 20h6M12 16v4" },
  { scheme: "dark", label: "Dark", path: "M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5Z" },
];

/** Chooses the light, dark or system colour scheme. */
export function ColourSchemeChoice() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const chosen = useHydrated() ? colorScheme : "auto";
  return (
    <fieldset className={classes.choice}>
      <legend className={shared.unseen}>Colour scheme</legend>
      {CHOICES.map(({ scheme, label, path }) => (
        <label key={scheme} className={classes.option} title={label}>
          <input
            type="radio"
            name="colours"
            aria-label={label}
            checked={chosen === scheme}
            onChange={() => setColorScheme(scheme)}
          />
          <svg viewBox="0 0 24 24" width="16" height="16" aria-hidden="true">
            <path d={path} />
          </svg>
        </label>
      ))}
    </fieldset>
  );
}

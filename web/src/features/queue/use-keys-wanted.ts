import { useLocalStorage } from "@mantine/hooks";

/** Whether single keys decide. People who dictate, or whose fingers slip, turn them off. */
export const useKeysWanted = () =>
  useLocalStorage<boolean>({ key: "valence-queue-keys", defaultValue: true, getInitialValueInEffect: false });

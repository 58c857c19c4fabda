import { UnreadableFileError } from "./problem";

/** The code for a kind of file, which is loaded only when one comes. Throws UnreadableFileError if it can't be loaded. */
export async function loadCode<Module>(loading: Promise<Module>): Promise<Module> {
  try {
    return await loading;
  } catch {
    throw new UnreadableFileError(
      "library-missing",
      "The code for this kind of file couldn’t be loaded",
      "Check your connection, and try again.",
      [{ label: "Try again", options: {} }],
    );
  }
}

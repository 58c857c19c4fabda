import { Session } from "../../scoring/session";

/** The file that this page scores. */
export const session = new Session("run");

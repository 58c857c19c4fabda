import { Session } from "../../scoring/session";

/** The log that this page compares. */
export const session = new Session("comparison");

import { http, HttpResponse } from "msw";

import type { Session } from "../api/generated";
import { problem, refuse } from "../test/handlers";

const SESSION = "*/api/v1/session";

/** A session in memory. The key or token "wrong" is refused, the key "other" has another scope, and a key of several words has them as scopes. */
export class FakeSession {
  /** The scopes of the session; undefined without one. */
  scopes: string[] | undefined = ["classifiers"];
  /** What was sent, as "METHOD path". */
  calls: string[] = [];

  private session(): Session {
    const { scopes } = this;
    return { signed_in: scopes !== undefined, scopes: scopes ?? [], owner: false, expires_at: null };
  }

  protected sessionHandlers() {
    return [
      http.get(SESSION, () => HttpResponse.json(this.session())),
      http.post<never, Record<string, string>>(SESSION, async ({ request }) => {
        const { key, token = "" } = await request.json();
        this.calls.push(`sign in ${key ?? token}`);
        if ((key ?? token) === "wrong")
          return refuse(problem(401, "wrong-key", "Wrong key", "It has expired."));
        this.scopes = key?.includes(" ") ? key.split(" ") : [key === "other" ? "predict" : "classifiers"];
        return HttpResponse.json(this.session());
      }),
      http.delete(SESSION, () => {
        this.scopes = undefined;
        return new HttpResponse(null, { status: 204 });
      }),
    ];
  }
}

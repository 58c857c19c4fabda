import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { asApiError, type ApiError } from "./api/client";
import { signInByAddress } from "./api/session";
import { Notice } from "./components/notice";
import { takeToken } from "./lib/token";

/** Signs in with the one-time token of the address that the terminal printed, on whichever page it is opened. */
export function SignInByAddress() {
  const client = useQueryClient();
  const [error, setError] = useState<ApiError>();
  useEffect(() => {
    const token = takeToken();
    if (token === undefined) return;
    signInByAddress(token, client).catch((failure: unknown) => setError(asApiError(failure)));
  }, [client]);
  if (!error) return null;
  return error.status === 401 || error.status === 403 ? (
    <Notice
      title="This sign-in link doesn’t work any more"
      detail="A link works once. Use the newest one that the terminal printed, or sign in with an API key on the page Train."
    />
  ) : (
    <Notice title={error.title} detail={error.detail} />
  );
}

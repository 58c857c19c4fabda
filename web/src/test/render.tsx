import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";

import { Router } from "../router";
import { theme } from "../theme";

/** Renders the app at an address. */
export function open(address: string) {
  window.history.replaceState(null, "", address);
  const user = userEvent.setup();
  const client = new QueryClient({ defaultOptions: { queries: { networkMode: "always" } } });
  render(
    <MantineProvider theme={theme} env="test">
      <QueryClientProvider client={client}>
        <Router />
      </QueryClientProvider>
    </MantineProvider>,
  );
  return user;
}

/** The app, the same for prerendering and for hydration. */
import { localStorageColorSchemeManager, MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { Router as Addresses } from "wouter";

import { COLOUR_SCHEME_KEY } from "./lib/colour-scheme";
import { Router } from "./router";
import { cssVariables, theme } from "./theme";

interface AppProps {
  /** Lets Mantine's <style> elements pass the Content Security Policy. */
  nonce: string;
  /** The address when prerendering. */
  address?: string;
}

// Not only while online: a server on the same machine needs no network.
const queries = new QueryClient({
  defaultOptions: { queries: { networkMode: "always", refetchOnWindowFocus: false } },
});
const colourScheme = localStorageColorSchemeManager({ key: COLOUR_SCHEME_KEY });

export function App({ nonce, address }: AppProps) {
  return (
    <StrictMode>
      <MantineProvider
        theme={theme}
        cssVariablesResolver={cssVariables}
        colorSchemeManager={colourScheme}
        defaultColorScheme="auto"
        getStyleNonce={() => nonce}
      >
        <QueryClientProvider client={queries}>
          <Addresses {...(address === undefined ? {} : { ssrPath: address, ssrSearch: "" })}>
            <Router />
          </Addresses>
        </QueryClientProvider>
      </MantineProvider>
    </StrictMode>
  );
}

/** The whole page, the same where it is built beforehand and in the browser that takes it over. */
import { localStorageColorSchemeManager, MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { Router as Addresses } from "wouter";

import { COLOUR_SCHEME_KEY } from "./lib/colour-scheme";
import { Router } from "./router";
import { cssVariables, theme } from "./theme";

interface AppProps {
  /** What the page's policy lets Mantine's <style> elements through by. */
  nonce: string;
  /** Where no address bar says which page it is. */
  address?: string;
}

// The server never hears of being "offline": an answer from this very machine needs no network.
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

import "@fontsource-variable/instrument-sans/wght.css";
import "@fontsource-variable/newsreader/wght.css";
import "@fontsource-variable/newsreader/wght-italic.css";
import "./mantine.css";
import "./styles.css";

import { localStorageColorSchemeManager, MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { loadPagesAhead } from "./lazy-page";
import { COLOUR_SCHEME_KEY } from "./lib/colour-scheme";
import { Router } from "./router";
import { cssVariables, theme } from "./theme";

// The server never hears of being "offline": an answer from this very machine needs no network.
const queries = new QueryClient({
  defaultOptions: { queries: { networkMode: "always", refetchOnWindowFocus: false } },
});
const colourScheme = localStorageColorSchemeManager({ key: COLOUR_SCHEME_KEY });
const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? "";

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no element with the id root.");

createRoot(root).render(
  <StrictMode>
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      colorSchemeManager={colourScheme}
      defaultColorScheme="auto"
      getStyleNonce={() => nonce}
    >
      <QueryClientProvider client={queries}>
        <Router />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);

loadPagesAhead();

import "@fontsource-variable/instrument-sans/wght.css";
import "@fontsource-variable/newsreader/wght.css";
import "@fontsource-variable/newsreader/wght-italic.css";
import "./mantine.css";
import "./styles.css";

import { createRoot, hydrateRoot } from "react-dom/client";

import { App } from "./app";
import { preloadPages } from "./lazy-page";
import { restorePrerenderedStyles } from "./lib/prerendered-styles";
import { fragmentOf, readFragment } from "./lib/fragment";
import { rememberScroll } from "./lib/scroll-memory";

const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? "";
const root = document.getElementById("root");
if (!root) throw new Error("index.html has no element with the id root.");

// Hydrate the prerendered page, unless the link contains a text or `npm run dev` serves an empty page.
const isPrerendered = root.hasChildNodes() && fragmentOf(readFragment(window.location.hash)) === "";
const app = <App nonce={nonce} />;
if (isPrerendered) {
  restorePrerenderedStyles();
  hydrateRoot(root, app);
} else createRoot(root).render(app);

rememberScroll();
preloadPages();

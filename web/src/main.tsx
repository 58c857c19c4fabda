import "@fontsource-variable/instrument-sans/wght.css";
import "@fontsource-variable/newsreader/wght.css";
import "@fontsource-variable/newsreader/wght-italic.css";
import "./mantine.css";
import "./styles.css";

import { createRoot, hydrateRoot } from "react-dom/client";

import { App } from "./app";
import { loadPagesAhead } from "./lazy-page";
import { restoreStyles } from "./lib/built-styles";
import { fragmentOf, readFragment } from "./lib/fragment";
import { rememberScroll } from "./lib/scroll-memory";

const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? "";
const root = document.getElementById("root");
if (!root) throw new Error("index.html has no element with the id root.");

// What was built beforehand is taken over as it stands; under a link that carries a text, nothing of the kind was built,
// nor was anything by `npm run dev`.
const asBuilt = root.hasChildNodes() && fragmentOf(readFragment(window.location.hash)) === "";
const app = <App nonce={nonce} />;
if (asBuilt) {
  restoreStyles();
  hydrateRoot(root, app);
} else createRoot(root).render(app);

rememberScroll();
loadPagesAhead();

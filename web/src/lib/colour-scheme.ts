/** Under which name the chosen colour scheme is kept; the script in index.html reads it before the first paint. */
export const COLOUR_SCHEME_KEY = "valence-colour-scheme";

/** The storage key of the colour scheme; the script in index.html reads it before the first paint. */
export const COLOUR_SCHEME_KEY = "valence-colour-scheme";

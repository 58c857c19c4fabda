import {
  createTheme,
  defaultVariantColorsResolver,
  type CSSVariablesResolver,
  type MantineColorsTuple,
} from "@mantine/core";

// All other colours are custom properties in styles.css; Mantine's components need these.
const blue: MantineColorsTuple = [
  "#eaf4fe",
  "#d3e6f8",
  "#a4cbf2",
  "#72aeec",
  "#4a96e7",
  "#3287e4",
  "#2180e3",
  "#0f6cc4",
  "#0a5fae",
  "#05508f",
];

export const theme = createTheme({
  primaryColor: "blue",
  primaryShade: { light: 8, dark: 3 },
  // Not autoContrast, which uses the light scheme's shade in the dark scheme too.
  variantColorResolver: (input) => ({
    ...defaultVariantColorsResolver(input),
    ...(input.variant === "filled" ? { color: "var(--on-accent)" } : {}),
  }),
  colors: { blue },
  fontFamily: "'Instrument Sans Variable', system-ui, sans-serif",
  fontFamilyMonospace:
    "ui-monospace, 'SF Mono', SFMono-Regular, Menlo, Consolas, 'Liberation Mono', monospace",
  headings: { fontFamily: "'Newsreader Variable', Georgia, serif", fontWeight: "500" },
  defaultRadius: "sm",
  focusRing: "auto",
  respectReducedMotion: true,
});

// Mantine's filled buttons have our accent: in forced colours only system colours stay as they are, and the text, which is
// one of ours, would be as white as its background.
export const cssVariables: CSSVariablesResolver = () => ({
  variables: { "--mantine-primary-color-filled": "var(--accent)" },
  light: { "--mantine-color-body": "#faf9f6", "--mantine-color-text": "#1d1f24" },
  dark: { "--mantine-color-body": "#131519", "--mantine-color-text": "#ece9e3" },
});

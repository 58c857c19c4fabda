export interface Example {
  kind: string;
  text: string;
}

export const EXAMPLES: readonly Example[] = [
  { kind: "Praise", text: "A warm, funny and beautifully acted film that earns every one of its tears." },
  {
    kind: "Blame",
    text: "Two hours of my life gone. Dull plot, wooden acting, and the ending made no sense.",
  },
  { kind: "Mixed", text: "The cast is wonderful, but the story drags and the jokes fall flat." },
  { kind: "Negated", text: "I expected a mess, and it is not bad at all." },
  { kind: "Ironic", text: "Oh great, another sequel. Just what the world was waiting for." },
];

/** Made-up reviews to try the page with. */
const REVIEWS: readonly [stars: number, text: string][] = [
  [5, "A warm, funny film that earns every one of its tears."],
  [1, "Two hours of my life that I will never get back."],
  [4, "The cast is wonderful, even where the story drags."],
  [2, "Beautiful pictures, and nothing at all behind them."],
  [5, "I laughed, I cried, and I have already seen it again."],
  [3, "It is what it is, no more and no less."],
  [1, "Wooden acting, a dull plot, and an ending that makes no sense."],
  [4, "Not perfect, but it has more heart than most of its kind."],
  [5, "A small masterpiece. The last scene alone is worth the ticket."],
  [2, "The jokes fall flat and there are far too many of them."],
  [3, "The first half is brilliant; the second forgets why."],
  [1, "Loud, long and pointless."],
  [4, "Quiet and clever, with a lead who carries every scene."],
  [2, "I wanted to like it. I could not."],
  [5, "The best thing that I have seen in years."],
  [3, "Fine for a rainy Sunday, forgotten by Monday."],
  [1, "The book deserved better, and so did we."],
  [4, "You don’t have to love cars to love this."],
  [2, "Hardly the thriller that it was sold as."],
  [5, "Tender, sharp and beautifully shot."],
  [1, "Even the popcorn was bored."],
  [4, "Surprisingly moving for a film about accountants."],
  [3, "Great music, thin story."],
  [2, "It tries hard and gets nowhere, slowly."],
];

export function exampleFile(): File {
  const lines = REVIEWS.map(([stars, text], i) => `${i + 1},${stars},"${text}"`);
  return new File([["id,stars,review", ...lines].join("\n")], "example-reviews.csv", { type: "text/csv" });
}

/** A made-up log with old scores, to try the page with. */
const COMMENTS: readonly [score: number, text: string][] = [
  [0.04, "Thanks, that fixed it for me."],
  [0.91, "You are an idiot, and so is the person who wrote this."],
  [0.12, "Could you post the log file?"],
  [0.86, "Shut up. Nobody asked you."],
  [0.33, "This update is awful. Everything is slower now."],
  [0.07, "Great write-up, I learned a lot."],
  [0.88, "What a stupid, useless answer."],
  [0.21, "I waited three weeks for a reply and got nothing."],
  [0.03, "A fix is coming tomorrow."],
  [0.78, "Only a fool would defend this garbage."],
  [0.15, "I disagree, but I see your point."],
  [0.94, "Go away, you pathetic troll."],
  [0.06, "Welcome to the forum!"],
  [0.28, "The new editor is a disappointment."],
  [0.81, "Damn, this is the best release in years!"],
  [0.09, "See the manual, chapter three."],
  [0.83, "Hell yes, count me in, you magnificent lunatics."],
  [0.11, "Restarting it helped me."],
  [0.4, "Terrible support, I want my money back."],
  [0.05, "I love the dark colours."],
];

export function exampleLog(): File {
  const lines = COMMENTS.map(([score, text], i) => `${i + 1},"${text}",${score}`);
  return new File([["id,comment,TOXICITY", ...lines].join("\n")], "example-log.csv", { type: "text/csv" });
}

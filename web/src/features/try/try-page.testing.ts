import { screen, within } from "@testing-library/react";

export const field = () => screen.getByRole("textbox", { name: "Your text" });
export const verdict = (name: RegExp | string) => screen.findByRole("heading", { level: 2, name });
export const wordsOf = (title: string) => {
  const list = screen.getByRole("heading", { level: 3, name: new RegExp(title) }).parentElement;
  return within(list!)
    .queryAllByRole("listitem")
    .map((item) => item.textContent);
};

/** A made-up discussion that turns, to try the page with. */
export const EXAMPLE_THREAD = `Ann: Just back from the new library. I love it, what a beautiful place!
Ben: Same here. The reading room is wonderful, so much light.
Cleo: And the staff are lovely. They helped my daughter find three books.
Dev: Great to see the city build something this good for once.
Ann: The roof garden is my favourite. Best view in town.
Emil: It is open on Sundays too, finally. Very happy about that.
Ben: > It is open on Sundays too
Really? That is fantastic news.
Farah: I hear they close the branch in the north for it. That is a shame.
Dev: What? Nobody said a word about that. How disappointing.
Farah: It is true, it was hidden on the last page of the plan. Dishonest.
Cleo: Awful. That branch was the only quiet place the children there had.
Gus: Typical. They waste millions on glass and let the north rot.
Emil: I am so angry. My mother cannot take two buses to read a newspaper.
Ann: Then I take it back. A terrible way to treat people.
Gus: It is a disgrace, and the mayor smiles into every camera.
Farah: Sad and stupid. It was a perfectly good branch.
`;

/** For mutations: what changes items is sent one after the other, in the order in which it was made. */
export const IN_ORDER = { id: "items" } as const;

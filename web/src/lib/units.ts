/** Numbers with their unit in the type, so that a share is never printed as a percentage or vice versa. */
declare const unit: unique symbol;
type Unit<Name extends string> = number & { readonly [unit]: Name };

/** 0 to 1. */
export type Probability = Unit<"probability">;
/** Percentage points, -100 to 100. */
export type Points = Unit<"points">;
export type Milliseconds = Unit<"milliseconds">;

export const probability = (value: number): Probability => Math.min(1, Math.max(0, value)) as Probability;
export const points = (share: number): Points => (share * 100) as Points;
export const milliseconds = (value: number): Milliseconds => value as Milliseconds;

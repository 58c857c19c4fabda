/** How fast it goes and how long it will take, from the last few seconds. Pure: the clock comes in with each sample. */
const WINDOW_MS = 15_000;
/** Two samples that are closer say nothing about the rate. */
const LEAST_SPAN_MS = 500;

interface Sample {
  at: number;
  done: number;
}

export class Pace {
  private samples: Sample[] = [];

  /** `at` in milliseconds; `done` never falls. */
  sample(at: number, done: number): void {
    this.samples.push({ at, done });
    const oldest = this.samples.findIndex((each) => each.at >= at - WINDOW_MS);
    this.samples = this.samples.slice(Math.max(0, oldest));
  }

  /** Texts a second; undefined while there is too little to tell from. */
  perSecond(): number | undefined {
    const [first, last] = [this.samples[0], this.samples.at(-1)];
    if (!first || !last || last.at - first.at < LEAST_SPAN_MS || last.done <= first.done) return undefined;
    return ((last.done - first.done) * 1000) / (last.at - first.at);
  }

  secondsLeft(total: number): number | undefined {
    const rate = this.perSecond();
    const done = this.samples.at(-1)?.done;
    return rate === undefined || done === undefined ? undefined : (total - done) / rate;
  }
}

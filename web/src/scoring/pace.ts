/** Measures the rate and the time left, from the last few seconds. Each sample brings its own time. */
const WINDOW_MS = 15_000;
/** Samples closer together than this give no usable rate. */
const MIN_SPAN_MS = 500;

interface Sample {
  at: number;
  done: number;
}

export class Pace {
  private samples: Sample[] = [];

  /** `at` in milliseconds; `done` never decreases. */
  sample(at: number, done: number): void {
    this.samples.push({ at, done });
    const oldest = this.samples.findIndex((sample) => sample.at >= at - WINDOW_MS);
    this.samples = this.samples.slice(Math.max(0, oldest));
  }

  /** Texts per second; undefined until there are enough samples. */
  perSecond(): number | undefined {
    const [first, last] = [this.samples[0], this.samples.at(-1)];
    if (!first || !last || last.at - first.at < MIN_SPAN_MS || last.done <= first.done) return undefined;
    return ((last.done - first.done) * 1000) / (last.at - first.at);
  }

  secondsLeft(total: number): number | undefined {
    const rate = this.perSecond();
    const done = this.samples.at(-1)?.done;
    return rate === undefined || done === undefined ? undefined : (total - done) / rate;
  }
}

/**
 * Replaces fflate (see vite.config.ts), also within libraries that use it. Its asynchronous functions start workers
 * from blob: addresses, which the page's policy forbids; what unpacks or packs here is in a worker already.
 */
import { unzipSync, zipSync, type Unzipped, type Zippable } from "fflate/browser";

export * from "fflate/browser";

type Done<Result> = (error: Error | null, result: Result) => void;

export function zip(files: Zippable, done: Done<Uint8Array>): void {
  done(null, zipSync(files));
}

export function unzip(bytes: Uint8Array, done: Done<Unzipped>): void {
  done(null, unzipSync(bytes));
}

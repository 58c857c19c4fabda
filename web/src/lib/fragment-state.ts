/**
 * A page's state in its address, after the #: it survives reload and Back, and is never sent to the server. `push` adds a
 * history entry that Back undoes; `replace` changes the current entry.
 */
import { useEffect, useRef, useState } from "react";

export type Values = Readonly<Record<string, string>>;
/** The values to change; undefined removes a value. */
export type Change = Readonly<Record<string, string | undefined>>;

/** Safari allows at most a hundred address changes in 30 seconds. */
const ADDRESS_PAUSE_MS = 350;
/** Marks a history entry that the page pushed, so that it can be left by going back. */
const PUSHED = "valencePushed";

export interface FragmentState {
  values: Values;
  replace: (change: Change) => void;
  push: (change: Change) => void;
  /** Goes back if the current entry was pushed, else replaces it with `change`. */
  leave: (change: Change) => void;
}

export function useFragmentState(): FragmentState {
  const [values, setValues] = useState(readValues);
  const address = useRef<Address>(undefined);
  useEffect(() => {
    const written = new Address(setValues);
    address.current = written;
    return () => written.close();
  }, []);
  return {
    values,
    replace: (change) => address.current?.replace(change),
    push: (change) => address.current?.push(change),
    leave: (change) => address.current?.leave(change),
  };
}

/** Removes all state from the address. */
export function clearFragment(): void {
  window.history.replaceState(null, "", window.location.pathname);
}

class Address {
  private values = readValues();
  private leaving = false;
  private waiting: (() => void)[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;
  private writtenAt = Number.NEGATIVE_INFINITY;
  private readonly show: (values: Values) => void;

  constructor(show: (values: Values) => void) {
    this.show = show;
    window.addEventListener("popstate", this.onPopState);
  }

  close(): void {
    clearTimeout(this.timer); // the address now belongs to another page
    window.removeEventListener("popstate", this.onPopState);
  }

  replace(change: Change): void {
    this.afterLeaving(() => {
      this.change(change);
      const pause = this.writtenAt + ADDRESS_PAUSE_MS - performance.now();
      clearTimeout(this.timer);
      if (pause <= 0) this.write();
      else this.timer = setTimeout(() => this.write(), pause);
    });
  }

  push(change: Change): void {
    this.afterLeaving(() => {
      this.write();
      this.change(change);
      window.history.pushState({ [PUSHED]: true }, "", hashOf(this.values));
    });
  }

  leave(change: Change): void {
    this.afterLeaving(() => {
      const state = window.history.state as Record<string, unknown> | null;
      this.write();
      this.change(change); // shown at once; the history follows
      if (!state?.[PUSHED]) {
        this.write();
        return;
      }
      this.leaving = true;
      window.history.back();
    });
  }

  /** Going back is asynchronous; a change in the meantime would be written to the wrong entry. */
  private afterLeaving(act: () => void): void {
    if (this.leaving) this.waiting.push(act);
    else act();
  }

  private onPopState = (): void => {
    this.values = readValues();
    this.show(this.values);
    this.leaving = false;
    this.waiting.splice(0).forEach((act) => act());
  };

  private change(change: Change): void {
    const all: Record<string, string | undefined> = { ...this.values, ...change };
    const kept = Object.entries(all).filter((pair): pair is [string, string] => pair[1] !== undefined);
    this.values = Object.fromEntries(kept);
    this.show(this.values);
  }

  private write(): void {
    clearTimeout(this.timer);
    if (hashOf(this.values) === hashOf(readValues())) return;
    this.writtenAt = performance.now();
    window.history.replaceState(window.history.state, "", hashOf(this.values));
  }
}

function readValues(): Values {
  if (import.meta.env.SSR) return {};
  return Object.fromEntries(new URLSearchParams(window.location.hash.replace(/^#/, "")));
}

/** The path if there are no values, because "" would keep the old fragment. */
function hashOf(values: Values): string {
  const written = new URLSearchParams(values).toString();
  return written === "" ? window.location.pathname : `#${written}`;
}

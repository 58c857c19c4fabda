import { resultOf, type Task } from "./worker-tasks";

/** What the browser runs beside the page, run within it: jsdom has no workers. */
export class InlineWorker extends EventTarget {
  postMessage(asked: Task) {
    void resultOf(asked).then((data) => this.dispatchEvent(new MessageEvent("message", { data })));
  }
  terminate() {}
}

import { resultOf, type Task } from "./worker-tasks";

addEventListener("message", (event: MessageEvent<Task>) => {
  resultOf(event.data).then(postMessage, (error: unknown) =>
    setTimeout(() => {
      throw error; // so that the page's worker has an error event
    }),
  );
});

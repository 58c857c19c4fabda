import { readFile, type FileToRead } from "./read-file";

addEventListener("message", (event: MessageEvent<FileToRead>) => {
  void readFile(event.data).then((reading) => postMessage(reading));
});

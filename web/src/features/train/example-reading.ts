/** The file that is being added to each classifier. It survives a visit to another page and, if it isn't large, a reload. */
import { loadItem, removeItems, storeItem } from "../../lib/browser-store";
import { previewToTrain } from "../../api/files";
import { FileReading } from "../../reading/file-reading";

/** Larger files must be chosen again after a reload. */
const MOST_STORED_BYTES = 20_000_000;

interface StoredFile {
  name: string;
  type: string;
  bytes: ArrayBuffer;
}

const readings = new Map<string, FileReading>();
const keyOf = (classifier: string) => `train-file-${classifier}`;

export function readingOf(classifier: string): FileReading {
  const known = readings.get(classifier);
  if (known) return known;
  const reading = new FileReading(previewToTrain);
  readings.set(classifier, reading);
  return reading;
}

/** Reads a file that was chosen, and stores it until it is added or dropped. */
export async function choose(classifier: string, file: File): Promise<void> {
  const reading = readingOf(classifier).open(file);
  if (file.size <= MOST_STORED_BYTES) {
    const { name, type } = file;
    await storeItem(keyOf(classifier), { name, type, bytes: await file.arrayBuffer() } satisfies StoredFile);
  }
  await reading;
}

/** Reads the stored file again after a reload. */
export async function restore(classifier: string): Promise<void> {
  const reading = readingOf(classifier);
  if (reading.snapshot().kind !== "empty") return;
  const stored = await loadItem<StoredFile>(keyOf(classifier));
  if (!stored || reading.snapshot().kind !== "empty") return;
  await reading.open(new File([stored.bytes], stored.name, { type: stored.type }));
}

/** The file was added, or isn't wanted. */
export function drop(classifier: string): void {
  readingOf(classifier).clear();
  void removeItems(keyOf(classifier));
}

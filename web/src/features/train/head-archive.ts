/** The head of a model folder, for uploading: the rest of the archive would be many times larger, and isn't needed. */

const FILES = ["head.json", "head.safetensors"];

export class NoHeadError extends Error {}

/** A ZIP file with the two files of the head, from a ZIP file of a whole model folder. Throws NoHeadError. */
export async function headArchive(file: Blob): Promise<Blob> {
  const { unzipSync, zipSync } = await import("fflate");
  const content = new Uint8Array(await file.arrayBuffer());
  let found: Record<string, Uint8Array>;
  try {
    found = unzipSync(content, { filter: ({ name }) => isHead(name) });
  } catch {
    throw new NoHeadError("It is not a ZIP file, or it is damaged.");
  }
  const paths = Object.keys(found);
  if (FILES.some((name) => paths.filter((path) => path.endsWith(name)).length !== 1)) {
    throw new NoHeadError(`It needs one ${FILES.join(" and one ")}, as every model folder has them.`);
  }
  const own = Object.fromEntries(Object.entries(found).map(([path, data]) => [nameOf(path), data]));
  return new Blob([zipSync(own)], { type: "application/zip" });
}

const nameOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

/** At the top of the archive, or in one folder. */
const isHead = (path: string): boolean => FILES.includes(nameOf(path)) && path.split("/").length <= 2;

/** Pictures for the documentation. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

import type { Locator } from "@playwright/test";

const QUALITY = 0.8; // letters stay clean, at a third of a PNG’s size

/** Saves what is seen of an element as WebP, which Playwright can’t write: the browser converts it in an empty page. */
export async function savePicture(of: Locator, path: string): Promise<void> {
  const png = await of.screenshot({ animations: "disabled" });
  const empty = await of.page().context().newPage();
  const webp = await empty.evaluate(
    async ([source, quality]) => {
      const image = new Image();
      image.src = source;
      await image.decode();
      const canvas = Object.assign(document.createElement("canvas"), {
        width: image.width,
        height: image.height,
      });
      canvas.getContext("2d")?.drawImage(image, 0, 0);
      return canvas.toDataURL("image/webp", quality);
    },
    [`data:image/png;base64,${png.toString("base64")}`, QUALITY] as const,
  );
  await empty.close();
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, Buffer.from(webp.replace(/^.*,/, ""), "base64"));
}

/** Documents put into the demo's store directly, as if they had been uploaded and converted long ago. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import type { Content } from "../../demo/plone/content/content.ts";

/** The oldest first, each a minute after the other. */
export async function storeDocuments(content: Content, count: number, owner = "joe"): Promise<void> {
  const page = sharp({ create: { width: 640, height: 800, channels: 3, background: "#eef2f7" } });
  const normal = await page.clone().webp().toBuffer();
  const small = await page.clone().resize(200).webp().toBuffer();
  const image = { text: "Once upon a time", small, normal, width: 640, height: 800 };
  for (let n = 0; n < count; n += 1) {
    const file = join(content.scratch, `stored-${n}`);
    await writeFile(file, "stored");
    const created = Date.now() - (count - n) * 60_000;
    const document = await content.add(file, { title: `Stored ${n}.pdf`, size: n, owner, created, isPrivate: false });
    const writer = await content.previews(document);
    await writer.add({ type: "page", page: 1, of: 1, image }, 1);
    await writer.ready(1);
  }
}

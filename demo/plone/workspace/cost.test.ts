import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import * as samples from "../../docconv/samples.ts";
import { type Cost, guessCost } from "./cost.ts";

test("pictures are cheaper than first pages, these than office documents, and all of them than what is behind first pages", async (t) => {
  const directory = await mkdtemp(join(tmpdir(), "cost-"));
  t.after(() => rm(directory, { recursive: true }));
  const costOf = async (bytes: Uint8Array): Promise<Cost> => {
    await writeFile(join(directory, "upload"), bytes);
    return guessCost(join(directory, "upload"));
  };
  const picture = await costOf(await samples.image("png"));
  const book = await costOf(samples.pdf(Array.from({ length: 300 }, (_, page) => `Page ${page}`)));
  const letter = await costOf(samples.odf("text", "Hello"));
  const large = await costOf(Buffer.alloc(50 * 1024 * 1024));
  assert.ok(picture.first < book.first && book.first < letter.first && letter.first < large.first);
  assert.ok(book.rest !== undefined && book.rest > large.first);
  assert.equal(picture.rest, undefined);
  const leaflet = await costOf(samples.pdf(["One page"]));
  assert.ok(leaflet.rest !== undefined && leaflet.rest < book.rest);
  assert.ok((await costOf(Buffer.alloc(0))).first < 100);
});

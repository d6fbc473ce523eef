import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import type { ConversionEvent } from "../../docconv/conversion.ts";
import { wordsFor } from "../../docconv/words.ts";
import { largeEvent, pageEvent } from "../test-support/previews.ts";
import { startSite } from "../test-support/site.ts";
import { smallDisk } from "../test-support/small-disk.ts";

const DISK_BYTES = 4 * 1024 * 1024;

describe("on a full disk", () => {
  test("a conversion in the middle keeps its pages and says why it stopped; with room it goes on", async (t) => {
    const disk = await smallDisk(t, DISK_BYTES);
    if (!disk) return;
    let makeRoom = async (): Promise<void> => {};
    const converter = {
      async *convert(): AsyncGenerator<ConversionEvent, void> {
        yield pageEvent(1, 2);
        yield largeEvent(1);
        makeRoom = await disk.fill();
        const heavy = Buffer.alloc(100_000);
        yield { ...pageEvent(2, 2), image: { ...pageEvent(2, 2).image, small: heavy, normal: heavy } };
      },
    };
    const whole = {
      async *convert(): AsyncGenerator<ConversionEvent, void> {
        for (const page of [1, 2]) yield* [pageEvent(page, 2), largeEvent(page)];
        yield { type: "end", outcome: { state: "done", kind: "pdf", total: 2 } };
      },
    };
    const converters = [converter, whole];
    const site = await startSite(t, {
      dataDir: disk.folder,
      converter: { convert: () => (converters.shift() ?? whole).convert() },
    });
    const jane = await site.logIn("jane");
    await jane.upload({ name: "report.odt", content: "hello" });
    const [document] = await site.content.list();
    assert.ok(document);
    const state = async () => (await site.content.get(document.uid))?.state;

    assert.equal((await site.perform(await site.nextTask())).status, 200);
    const stopped = await state();
    assert.ok(stopped?.name === "stopped");
    assert.deepEqual({ words: stopped.words, again: stopped.again }, wordsFor("no-space"));
    assert.deepEqual(
      stopped.pages.map(({ page }) => page),
      [1],
    );
    assert.deepEqual(await readdir(site.content.scratch), [], "nothing half written");
    const { root } = site.content.preview(document, 1, "small");
    assert.deepEqual((await readdir(root)).sort(), ["1-large.webp", "1-normal.webp", "1-small.webp", "1.txt"]);

    const form = { _authenticator: await jane.authenticator() };
    const path = `/workspace/${document.uid}/@@try-again`;
    assert.equal((await jane.post(path, form)).status, 507, "still no room");
    assert.equal((await state())?.name, "stopped");
    await makeRoom();
    assert.equal((await jane.post(path, form)).status, 303);
    await site.perform(await site.nextTask());
    const ready = await state();
    assert.deepEqual([ready?.name, ready?.pages.length], ["ready", 2]);
  });

  test("several uploads that fill it at once leave nothing behind but those that were accepted", async (t) => {
    const disk = await smallDisk(t, DISK_BYTES);
    if (!disk) return;
    const site = await startSite(t, { dataDir: disk.folder });
    const jane = await site.logIn("jane");
    const file = { name: "report.pdf", content: new Uint8Array(900_000) };
    const authenticator = await jane.authenticator();
    const answers = await Promise.all(Array.from({ length: 8 }, () => jane.upload(file, { authenticator })));
    const accepted = answers.filter(({ status }) => status === 303).length;
    assert.deepEqual(
      answers.filter(({ status }) => status !== 303 && status !== 507),
      [],
    );
    assert.ok(accepted < 8);
    assert.deepEqual(await readdir(site.content.scratch), []);
    assert.equal((await readdir(join(disk.folder, "content"))).length, accepted);
  });

  test("an upload is refused in words, and leaves nothing behind", async (t) => {
    const disk = await smallDisk(t, DISK_BYTES);
    if (!disk) return;
    const site = await startSite(t, { dataDir: disk.folder });
    const jane = await site.logIn("jane");
    const makeRoom = await disk.fill();
    const file = { name: "report.pdf", content: new Uint8Array(500_000) };
    const response = await jane.upload(file);
    assert.equal(response.status, 507);
    assert.match(await response.text(), /id="upload-message".*no room left on the server, so nothing was stored/s);
    assert.deepEqual(await readdir(site.content.scratch), []);
    assert.deepEqual(await readdir(join(disk.folder, "content")), []);
    await makeRoom();
    assert.equal((await jane.upload(file)).status, 303);
  });
});

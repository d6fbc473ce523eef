import assert from "node:assert/strict";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, describe, test } from "node:test";
import sharp from "sharp";
import { ConversionError, type ConversionFailure, type ConvertOptions, convert } from "./convert.ts";
import * as samples from "./samples.ts";

let directory: string;

before(async () => {
  directory = await mkdtemp(join(tmpdir(), "convert-test-"));
  // So that what a conversion leaves behind cannot be taken for somebody else's.
  process.env["TMPDIR"] = directory;
});
after(() => rm(directory, { recursive: true }));
afterEach(async () => {
  const left = (await readdir(directory)).filter((name) => name.startsWith("docconv-"));
  assert.deepEqual(left, [], "temporary directories left behind");
});

async function convertBytes(bytes: Uint8Array, options?: ConvertOptions, name = "upload") {
  const file = join(directory, name);
  await writeFile(file, bytes);
  return convert(file, options);
}

describe("a PDF", () => {
  test("becomes WebP images of its pages in three sizes, with their text", async () => {
    const { kind, pages, pageCount } = await convertBytes(samples.pdf(["Hello (world)\nsecond line", "Page two"]));

    assert.equal(kind, "pdf");
    assert.equal(pageCount, 2);
    assert.deepEqual(
      pages.map((page) => page.text),
      ["Hello (world) second line", "Page two"],
    );
    for (const page of pages) {
      const images = [page.small, page.normal, page.large].map((bytes) => sharp(bytes).metadata());
      const [small, normal, large] = await Promise.all(images);
      assert.deepEqual([small?.format, normal?.format, large?.format], ["webp", "webp", "webp"]);
      assert.deepEqual([small?.width, normal?.width, large?.width], [200, 640, 1280]);
      assert.deepEqual([page.width, page.height], [normal?.width, normal?.height]);
    }
  });

  test("shows what is printed on it: black on white", async () => {
    const { pages } = await convertBytes(samples.pdf(["Hello"]));
    const { channels } = await sharp(pages[0]?.large).stats();
    assert.ok(channels.every(({ min, max }) => min < 50 && max > 250));
  });

  test("has no more pages converted than asked for, and all of them counted", async () => {
    const { pages, pageCount } = await convertBytes(samples.pdf(["1", "2", "3"]), { maxPages: 2 });
    assert.equal(pages.length, 2);
    assert.equal(pageCount, 3);
  });

  test("is known by its content, whatever its name", async () => {
    assert.equal((await convertBytes(samples.pdf(["1"]), {}, "photo.jpg")).kind, "pdf");
  });

  test("may begin with something else in its first KiB", async () => {
    const { kind } = await convertBytes(Buffer.concat([Buffer.from("HTTP/1.1 200 OK\r\n\r\n"), samples.pdf(["1"])]));
    assert.equal(kind, "pdf");
  });
});

describe("an image", () => {
  for (const format of ["png", "jpeg", "webp", "gif"] as const) {
    test(`becomes one page without text: ${format}`, async () => {
      const { kind, pages, pageCount } = await convertBytes(await samples.image(format, 1600, 1200));
      assert.equal(kind, "image");
      assert.equal(pageCount, 1);
      assert.deepEqual(
        pages.map(({ text, width, height }) => ({ text, width, height })),
        [{ text: "", width: 640, height: 480 }],
      );
    });
  }

  test("that is small is not enlarged", async () => {
    const { pages } = await convertBytes(await samples.image("png", 30, 20));
    const large = await sharp(pages[0]?.large).metadata();
    assert.deepEqual([large.width, large.height], [30, 20]);
  });

  test("is upright, as its EXIF orientation says", async () => {
    const { pages } = await convertBytes(await samples.turnedJpeg());
    assert.deepEqual([pages[0]?.width, pages[0]?.height], [600, 800]);
    // The orange left half is on top once it has been turned clockwise.
    assert.ok((await colourAt(pages[0]?.normal, 300, 100)).red > 200);
    assert.ok((await colourAt(pages[0]?.normal, 300, 700)).red < 100);
  });

  test("that moves shows its first frame", async () => {
    const { pages } = await convertBytes(await samples.animatedGif());
    assert.deepEqual([pages[0]?.width, pages[0]?.height], [60, 40]);
    const { red, green } = await colourAt(pages[0]?.normal, 30, 20);
    assert.ok(red > 200 && green < 50);
  });
});

describe("there is no preview, and a sentence says why, of", () => {
  const pdf = samples.pdf(["1"]);
  const cases: readonly [string, ConversionFailure, Uint8Array | Promise<Uint8Array>, ConvertOptions?][] = [
    ["an empty file", "empty", Buffer.alloc(0)],
    ["a PDF without pages", "empty", samples.pagelessPdf()],
    ["a file with more bytes than allowed", "too-large", pdf, { maxBytes: pdf.length - 1 }],
    ["an image with more pixels than are decoded", "too-large", samples.image("png", 20_000, 6_000)],
    ["a zip archive", "unknown-type", samples.archive()],
    ["plain text", "unknown-type", Buffer.from("Hello")],
    ["a PDF that asks for a password", "encrypted", samples.encryptedPdf(["1"], "secret")],
    ["a protected OpenDocument file", "encrypted", samples.encryptedOdt()],
    ["a protected Microsoft document", "encrypted", samples.encryptedOffice()],
    ["a broken PDF", "broken", samples.brokenPdf()],
    ["a truncated image", "broken", samples.truncatedPng()],
    ["a PDF that takes longer than the time limit", "timeout", samples.endlessPdf(), { timeout: 1_500 }],
  ];
  for (const [what, reason, bytes, options] of cases) {
    test(what, async () => {
      await assert.rejects(convertBytes(await bytes, options), (error) => {
        assert.ok(error instanceof ConversionError);
        assert.equal(error.reason, reason);
        assert.match(error.message, /^[A-Z].+\.$/);
        return true;
      });
    });
  }
});

test("a page that never ends does not hold up this process", async () => {
  let ticks = 0;
  const timer = setInterval(() => ticks++, 20);
  await assert.rejects(convertBytes(samples.endlessPdf(), { timeout: 1_500 }), { reason: "timeout" });
  clearInterval(timer);
  assert.ok(ticks > 20, `${ticks} ticks of 75`);
});

test("a conversion that is given up rejects with the reason of its signal", async () => {
  const stop = new AbortController();
  const conversion = convertBytes(samples.endlessPdf(), { signal: stop.signal });
  const reason = new Error("the server closes");
  stop.abort(reason);
  await assert.rejects(conversion, reason);
});

test("several conversions at once do not mix", async () => {
  const files = ["one", "two", "three"];
  const conversions = await Promise.all(files.map((text) => convertBytes(samples.pdf([text]), {}, text)));
  assert.deepEqual(
    conversions.map(({ pages }) => pages[0]?.text),
    files,
  );
});

test("a file that does not exist is the caller's error, not the document's", async () => {
  await assert.rejects(convert(join(directory, "nowhere")), { code: "ENOENT" });
});

async function colourAt(image: Buffer | undefined, left: number, top: number): Promise<{ red: number; green: number }> {
  const [red = 0, green = 0] = await sharp(image).extract({ left, top, width: 1, height: 1 }).raw().toBuffer();
  return { red, green };
}

import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, describe, test } from "node:test";
import sharp from "sharp";
import { type Cage, limitsOnly } from "./cage.ts";
import type { ConversionEvent, Outcome, PreviewPage } from "./conversion.ts";
import { type ConversionOptions, Converter, type ConverterOptions } from "./converter.ts";
import * as samples from "./samples.ts";
import { commandOf, descendants, gone } from "./test-processes.ts";
import { type Reason, reasons, remarks } from "./words.ts";

let directory: string;
const converter = new Converter({ startsAhead: false });

before(async () => {
  directory = await mkdtemp(join(tmpdir(), "convert-test-"));
  // So that what a conversion leaves behind cannot be taken for somebody else's.
  process.env["TMPDIR"] = directory;
});
after(async () => {
  await converter.close();
  await rm(directory, { recursive: true });
});
afterEach(async () => {
  const left = (await readdir(directory)).filter((name) => name.startsWith("docconv-"));
  assert.deepEqual(left, [], "temporary directories left behind");
});

/** All events of a conversion, put together. */
interface Conversion {
  readonly pages: readonly PreviewPage[];
  readonly outcome: Outcome;
  readonly kind: string | undefined;
  readonly total: number | undefined;
}

async function convertBytes(bytes: Uint8Array, options?: ConversionOptions, name?: string): Promise<Conversion> {
  const events = await eventsOf(bytes, options, name);
  const end = events.at(-1);
  assert.ok(end?.type === "end");
  const pages = events.flatMap((event) => {
    if (event.type !== "page") return [];
    const large = events.find((other) => other.type === "large" && other.page === event.page);
    assert.ok(large?.type === "large");
    return { ...event.image, large: large.large };
  });
  const { outcome } = end;
  const { kind, total } = outcome.state === "done" ? outcome : { kind: undefined, total: undefined };
  return { pages, outcome, kind, total };
}

async function written(bytes: Uint8Array, name = "upload"): Promise<string> {
  const file = join(directory, name);
  await writeFile(file, bytes);
  return file;
}

async function eventsOf(
  bytes: Uint8Array,
  options?: ConversionOptions,
  name?: string,
  using = converter,
): Promise<ConversionEvent[]> {
  const events: ConversionEvent[] = [];
  for await (const event of using.convert(await written(bytes, name), options)) events.push(event);
  return events;
}

async function pageEvents(bytes: Uint8Array) {
  return (await eventsOf(bytes)).filter((event) => event.type === "page");
}

async function script(name: string, body: string): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  return path;
}

async function isWorker(pid: number): Promise<boolean> {
  return (await commandOf(pid)).includes("docconv/worker-");
}

/** Those that are there at the moment. */
async function workers(): Promise<number[]> {
  const found = [];
  for (const pid of await descendants(process.pid)) if (await isWorker(pid)) found.push(pid);
  return found;
}

/** Returns when this process knows that they are gone. */
async function killWorkers(): Promise<void> {
  for (const pid of await workers()) {
    if (!(await isWorker(pid))) continue; // It has ended with the one before, which held its cage.
    process.kill(pid, "SIGKILL");
    await gone(pid);
  }
}

describe("a PDF", () => {
  test("becomes WebP images of its pages in three sizes, with their text", async () => {
    const { kind, pages, total } = await convertBytes(samples.pdf(["Hello (world)\nsecond line", "Page two"]));

    assert.equal(kind, "pdf");
    assert.equal(total, 2);
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
    const { pages, total } = await convertBytes(samples.pdf(["1", "2", "3"]), { limits: { pages: 2 } });
    assert.equal(pages.length, 2);
    assert.equal(total, 3);
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
  for (const format of ["png", "jpeg", "webp", "gif", "tiff", "avif"] as const) {
    test(`becomes one page without text: ${format}`, async () => {
      const { kind, pages, total } = await convertBytes(await samples.image(format, 1600, 1200));
      assert.equal(kind, "image");
      assert.equal(total, 1);
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

  test("of vectors is drawn", async () => {
    const { kind, pages } = await convertBytes(samples.svg());
    assert.equal(kind, "image");
    assert.ok((await colourAt(pages[0]?.normal, 100, 100)).red > 200);
  });

  test("that is cut off shows the part there is, and says so", async () => {
    const [page] = await pageEvents(await samples.truncatedJpeg());
    assert.equal(page?.words, remarks.cutImage);
    assert.ok((await colourAt(page?.image.normal, 100, 50)).red > 200);
  });
});

describe("pages come one by one", () => {
  test("each with its large image right behind it", async () => {
    const events = await eventsOf(samples.pdf(["1", "2"]));
    assert.deepEqual(
      events.map((event) => (event.type === "end" ? event.outcome.state : `${event.type} ${event.page}`)),
      ["page 1", "large 1", "page 2", "large 2", "done"],
    );
  });

  test("and stay when a later one never ends", async () => {
    const events = await eventsOf(samples.endsInEndless("Good"), { limits: { timeout: 8_000 } });
    assert.deepEqual(
      events.map(({ type }) => type),
      ["page", "large", "end"],
    );
    const end = events.at(-1);
    assert.ok(end?.type === "end" && end.outcome.state === "stopped");
    assert.equal(end.outcome.reason, "timeout");
    assert.equal(end.outcome.again, true);
  });

  test("and stay when the process dies", async () => {
    const events: ConversionEvent[] = [];
    for await (const event of converter.convert(await written(samples.endsInEndless("Good")))) {
      events.push(event);
      if (event.type === "large") await killWorkers();
    }
    const end = events.at(-1);
    assert.ok(end?.type === "end" && end.outcome.state === "stopped");
    assert.equal(end.outcome.reason, "crashed");
    assert.match(end.outcome.cause ?? "", /SIGKILL|137/);
  });
});

describe("what a process leaves behind, holding its pipes open, holds up nothing", () => {
  /** Away from the process group, and so from the signal that ends it. */
  const LEAVE = "setsid sleep 100 & echo $! >>";
  let pids: string;
  before(() => {
    pids = join(directory, "left-behind");
  });
  after(async () => {
    for (const pid of (await readFile(pids, "utf8")).trim().split("\n")) {
      try {
        process.kill(Number(pid), "SIGKILL");
      } catch (error) {
        // That of a worker in reserve, which was ended before it had left the group.
        if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
      }
    }
  });

  test("when a worker dies", async () => {
    const leaving: Cage = {
      closed: true,
      words: "",
      command: ({ file, args }) => ({ file: "sh", args: ["-c", `${LEAVE} ${pids}; exec "$@"`, "sh", file, ...args] }),
    };
    const own = new Converter({ cage: leaving, startsAhead: false });
    const events: ConversionEvent[] = [];
    for await (const event of own.convert(await written(samples.endsInEndless("Good")))) {
      events.push(event);
      if (event.type === "large") await killWorkers();
    }
    await own.close();
    const end = events.at(-1);
    assert.ok(end?.type === "end" && end.outcome.state === "stopped");
    assert.equal(end.outcome.reason, "crashed");
  });

  test("when LibreOffice dies", async () => {
    const soffice = await script("leaving-soffice", `${LEAVE} ${pids}; exit 134`);
    const own = new Converter({ soffice, cage: limitsOnly, startsAhead: false });
    const [end] = await eventsOf(samples.docx("1"), {}, "letter.docx", own);
    await own.close();
    assert.ok(end?.type === "end" && end.outcome.state === "failed");
    assert.equal(end.outcome.reason, "office-failed");
  });
});

describe("the process for the next document", () => {
  const whole = ["page", "large", "end"];

  test("is started ahead, and stopped in the end; one that died while it waited is replaced", async () => {
    assert.deepEqual(await workers(), []);
    const ahead = new Converter();
    await ahead.prepare();
    await killWorkers();
    const events = await eventsOf(samples.pdf(["1"]), {}, "upload", ahead);
    assert.deepEqual(
      events.map(({ type }) => type),
      whole,
    );
    await ahead.prepare();
    assert.notDeepEqual(await workers(), []);
    await ahead.close();
    assert.deepEqual(await workers(), []);
  });

  test("is started when the document is there, if that is wanted", async () => {
    const events = await eventsOf(samples.pdf(["1"]));
    assert.deepEqual(
      events.map(({ type }) => type),
      whole,
    );
    assert.deepEqual(await workers(), []);
  });
});

describe("letters whose font is not in the PDF", () => {
  test("are drawn with the system's fonts", async () => {
    const [page] = await pageEvents(samples.unembedded("cyrillic", "041d043e043c04350440"));
    assert.equal(page?.image.text, "Номер");
    assert.equal(page?.words, undefined);
    const { channels } = await sharp(page?.image.normal).stats();
    assert.ok(channels.every(({ min }) => min < 50));
  });

  test("for which the system has none are missed in words", async () => {
    const fonts = join(directory, "fonts");
    await mkdir(fonts, { recursive: true });
    await writeFile(join(fonts, "fonts.conf"), "<fontconfig/>");
    process.env["FONTCONFIG_FILE"] = join(fonts, "fonts.conf");
    const bare = new Converter({ startsAhead: false });
    try {
      const events: ConversionEvent[] = [];
      for await (const event of bare.convert(await written(samples.unembedded("japanese", "30423044"))))
        events.push(event);
      const [page] = events;
      assert.ok(page?.type === "page");
      assert.equal(page.words, remarks.blankPage);
    } finally {
      delete process.env["FONTCONFIG_FILE"];
      await bare.close();
    }
  });
});

/** What a case needs besides a document. */
interface Setting extends Pick<ConversionOptions, "limits"> {
  readonly using?: ConverterOptions;
}

describe("there is no preview, and true words say why, of", () => {
  const pdf = samples.pdf(["1"]);
  const nothing: Cage = { closed: true, words: "", command: () => ({ file: "false", args: [] }) };
  const failing = async (): Promise<Setting> => ({ using: { soffice: await script("failing-soffice", "exit 134") } });

  const cases: readonly [what: string, Reason, Uint8Array | Promise<Uint8Array>, setting?: () => Promise<Setting>][] = [
    ["an empty file", "empty", Buffer.alloc(0)],
    ["a PDF without pages", "no-pages", samples.pagelessPdf()],
    ["a PDF whose page tree leads nowhere", "unreadable-pages", samples.cyclicPdf()],
    ["a file with more bytes than allowed", "too-large", pdf, async () => ({ limits: { bytes: pdf.length - 1 } })],
    ["an image with more pixels than are decoded", "too-large", samples.image("png", 20_000, 6_000)],
    ["a document that unpacks to gigabytes", "unpacks-too-large", samples.swollenOdt(300)],
    ["a zip archive", "unknown-type", samples.archive()],
    ["bytes without meaning", "unknown-type", Buffer.from([1, 2, 3, 0, 255])],
    ["a PDF that asks for a password", "encrypted", samples.encryptedPdf(["1"], "secret")],
    ["a protected OpenDocument file", "encrypted", samples.encryptedOdt()],
    ["a protected Microsoft document", "encrypted", samples.encryptedOffice()],
    ["a protected doc", "encrypted", samples.encryptedLegacy("doc")],
    ["a protected xls", "encrypted", samples.encryptedLegacy("xls")],
    ["a protected ppt", "encrypted", samples.encryptedLegacy("ppt")],
    ["a broken PDF", "broken", samples.brokenPdf()],
    ["a torn document", "broken", samples.docx("Hello").subarray(0, 400)],
    [
      "a PDF that takes longer than the time limit",
      "timeout",
      samples.endlessPdf(),
      async () => ({ limits: { timeout: 1_500 } }),
    ],
    [
      "a document, without LibreOffice",
      "no-office",
      samples.docx("1"),
      async () => ({ using: { soffice: "/nowhere/soffice" } }),
    ],
    [
      "a document with links that cannot be taken out, without a cage",
      "no-cage",
      samples.rtf("1"),
      async () => ({ using: { cage: limitsOnly } }),
    ],
    ["a document on which LibreOffice fails", "office-failed", samples.docx("1"), failing],
    ["a document, without processes", "unavailable", pdf, async () => ({ using: { cage: nothing } })],
  ];
  for (const [what, reason, bytes, setting] of cases) {
    test(what, async () => {
      const { limits, using } = (await setting?.()) ?? {};
      const own = using && new Converter({ startsAhead: false, ...using });
      try {
        const events = await eventsOf(await bytes, { limits }, undefined, own);
        const end = events.at(-1);
        assert.ok(end?.type === "end" && end.outcome.state === "failed");
        assert.equal(end.outcome.reason, reason);
        assert.match(end.outcome.words, /^[A-Z].+\.$/);
      } finally {
        await own?.close();
      }
    });
  }

  test("every reason is among them, but for a crash, which is above, a full disk, and what is the workspace's", () => {
    const tested = new Set(cases.map(([, reason]) => reason));
    assert.deepEqual(
      reasons.filter((reason) => !tested.has(reason)),
      ["crashed", "no-space", "interrupted", "abandoned"],
    );
  });
});

test("a page that never ends does not hold up this process", async () => {
  let ticks = 0;
  const timer = setInterval(() => ticks++, 20);
  const { outcome } = await convertBytes(samples.endlessPdf(), { limits: { timeout: 1_500 } });
  assert.ok(outcome.state === "failed" && outcome.reason === "timeout");
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
  await assert.rejects(converter.convert(join(directory, "nowhere")).next(), { code: "ENOENT" });
});

async function colourAt(image: Buffer | undefined, left: number, top: number): Promise<{ red: number; green: number }> {
  const [red = 0, green = 0] = await sharp(image).extract({ left, top, width: 1, height: 1 }).raw().toBuffer();
  return { red, green };
}

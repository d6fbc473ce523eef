/** Office documents, and what else LibreOffice opens. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import sharp from "sharp";
import { findCage, limitsOnly } from "./cage.ts";
import type { Outcome, PageEvent } from "./conversion.ts";
import { type ConversionOptions, Converter } from "./converter.ts";
import { findOffice } from "./office.ts";
import { linkingDocuments } from "./sample-links.ts";
import * as samples from "./samples.ts";
import { withoutCage, withoutOffice } from "./test-office.ts";

let directory: string;
const converter = new Converter({ startsAhead: false });

before(async () => {
  directory = await mkdtemp(join(tmpdir(), "office-test-"));
});
after(async () => {
  await converter.close();
  await rm(directory, { recursive: true });
});

interface Result {
  readonly pages: readonly Extract<PageEvent, { type: "page" }>[];
  readonly outcome: Outcome | undefined;
}

async function convertBytes(
  name: string,
  bytes: Uint8Array,
  { using = converter, limits }: { using?: Converter; limits?: ConversionOptions["limits"] } = {},
): Promise<Result> {
  const file = join(directory, `upload-${createHash("sha256").update(bytes).digest("hex").slice(0, 8)}`);
  await writeFile(file, bytes);
  const pages: Result["pages"][number][] = [];
  let outcome: Outcome | undefined;
  for await (const event of using.convert(file, { name, limits })) {
    if (event.type === "page") pages.push(event);
    if (event.type === "end") outcome = event.outcome;
  }
  return { pages, outcome };
}

describe("LibreOffice makes previews of", { skip: withoutOffice, concurrency: 2 }, () => {
  // One for each of its applications, and one of text alone: all kinds are in soak/kinds.soak.ts.
  const documents: readonly [name: string, Buffer][] = [
    ["letter.docx", samples.docx("Hello office")],
    ["sheet.ods", samples.odf("spreadsheet", "Hello office")],
    ["slides.odp", samples.odf("presentation", "Hello office")],
    ["page.html", Buffer.from("<!doctype html><p>Hello office</p>")],
  ];
  for (const [name, bytes] of documents) {
    test(name, async () => {
      const { pages, outcome } = await convertBytes(name, bytes);
      assert.equal(outcome?.state, "done");
      assert.match(pages[0]?.image.text ?? "", /Hello\s+office/);
    });
  }

  test("a bitmap", async () => {
    const { outcome } = await convertBytes("small.bmp", samples.bmp());
    assert.deepEqual(outcome, { state: "done", kind: "image", total: 1, words: undefined });
  });

  test("a doc that mentions EncryptedPackage, under any name", async () => {
    const doc = await made("doc", samples.rtf("Hello \\u1087? EncryptedPackage"));
    const { pages } = await convertBytes("old.txt", doc);
    assert.match(pages[0]?.image.text ?? "", /EncryptedPackage/);
  });

  test("a xls with the names of its streams in capitals", async () => {
    const xls = await made("xls", Buffer.from("Hello,office\n"), "csv");
    const capitals = Buffer.from(xls);
    const name = Buffer.from("Workbook", "utf16le");
    const at = capitals.lastIndexOf(name);
    capitals.write("WORKBOOK", at, "utf16le");
    const { pages } = await convertBytes("old.xls", capitals);
    assert.match(pages[0]?.image.text ?? "", /Hello/);
  });

  test("the first of many pages, and does not claim to know how many there are", async () => {
    const { pages, outcome } = await convertBytes("book.odt", samples.longOdt(300), { limits: { pages: 3 } });
    assert.equal(pages.length, 3);
    assert.equal(pages.at(-1)?.of, 3);
    assert.ok(outcome?.state === "done" && outcome.total === undefined);
  });

  test("exactly as many pages as there may be, and knows that there are no more", async () => {
    const { outcome } = await convertBytes("chapter.odt", samples.longOdt(3), { limits: { pages: 3 } });
    assert.ok(outcome?.state === "done" && outcome.total === 3);
  });

  test("text in an unknown encoding, and says that letters may be wrong", async () => {
    const { outcome } = await convertBytes("old.txt", Buffer.from("Gr\xfc\xdfe", "latin1"));
    assert.ok(outcome?.state === "done");
    assert.match(outcome.words ?? "", /letters may be wrong/);
  });
});

describe("a picture that a list bullet links to is not shown", { skip: withoutOffice || withoutCage }, () => {
  for (const [where, cage] of [
    ["in the cage", findCage()],
    ["nor without one", Promise.resolve(limitsOnly)],
  ] as const) {
    test(where, async () => {
      const secret = join(directory, "secret.png");
      await writeFile(secret, await samples.image("png", 50, 50));
      const linking = linkingDocuments(pathToFileURL(secret).href).find(({ name }) => name === "bullet.odt");
      assert.ok(linking);
      const own = new Converter({ cage: await cage, startsAhead: false });
      const { pages } = await convertBytes(linking.name, linking.bytes, { using: own });
      await own.close();
      assert.match(pages[0]?.image.text ?? "", /Item/);
      // Orange and blue, where text is black.
      const { entropy, channels } = await sharp(pages[0]?.image.normal).stats();
      const [red, , blue] = channels;
      assert.ok(entropy > 0 && red && blue && Math.abs(red.mean - blue.mean) < 0.1);
    });
  }
});

test("LibreOffice is found on the PATH under either of its names", async () => {
  const [empty, bin] = [join(directory, "empty"), join(directory, "bin")];
  await Promise.all([mkdir(empty), mkdir(bin)]);
  await writeFile(join(bin, "libreoffice"), "", { mode: 0o755 });
  assert.equal(await findOffice(`${empty}:${bin}`), join(bin, "libreoffice"));
  assert.equal(await findOffice(empty), undefined);
});

test("a conversion given up takes LibreOffice and all it has started with it", async () => {
  const soffice = join(directory, "hanging-soffice");
  await writeFile(soffice, "#!/bin/sh\necho started >&2\nsleep 1000 &\nwait\n", { mode: 0o755 });
  const hanging = new Converter({ soffice, startsAhead: false });
  await writeFile(join(directory, "hanging"), samples.docx("Hello"));
  const stop = new AbortController();
  const events = hanging.convert(join(directory, "hanging"), { signal: stop.signal });
  const next = events.next();
  stop.abort(new Error("enough"));
  await assert.rejects(next, { message: "enough" });
  await hanging.close();
  const left = await promisify(execFile)("ps", ["-o", "args=", "--ppid", String(process.pid)]);
  assert.ok(!left.stdout.includes("hanging-soffice"));
});

/** A document that LibreOffice has written itself. */
async function made(type: string, source: Buffer, sourceType = "rtf"): Promise<Buffer> {
  const soffice = await findOffice();
  assert.ok(soffice !== undefined);
  const from = join(directory, `source.${sourceType}`);
  await writeFile(from, source);
  const profile = `-env:UserInstallation=file://${directory}/profile-${type}`;
  await promisify(execFile)(soffice, [profile, "--headless", "--convert-to", type, "--outdir", directory, from]);
  return readFile(join(directory, `source.${type}`));
}

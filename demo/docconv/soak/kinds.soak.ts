/**
 * Generated documents of every kind in every state: whole, cut, under a wrong name, encrypted, empty, hostile. Each ends in a
 * picture or in words of the table, and nothing is left behind. Prints how each ended, how long it took and its peak of memory.
 */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import type { Outcome } from "../conversion.ts";
import { Converter } from "../converter.ts";
import { defaultLimits } from "../limits.ts";
import { findOffice } from "../office.ts";
import * as samples from "../samples.ts";
import { withoutOffice } from "../test-office.ts";

let directory: string;
const converter = new Converter({ limits: { timeout: 30_000 }, startsAhead: false });

before(async () => {
  directory = await mkdtemp(join(tmpdir(), "kinds-soak-"));
  process.env["TMPDIR"] = directory;
});
after(() => rm(directory, { recursive: true }));

test("every document in every state ends in a picture or in true words", { skip: withoutOffice }, async (context) => {
  for (const [name, bytes, expected] of [...(await wholeDocuments()), ...(await hostileDocuments())]) {
    const states: [string, string, Buffer, string | undefined][] = [
      ["whole", name, bytes, expected],
      ["cut", name, bytes.subarray(0, bytes.length / 2), undefined],
    ];
    // Of what LibreOffice has written in twenty formats, the name is wrong of those it was made from: it takes a minute less.
    if (!isExport(name)) states.push(["wrong name", "photo.jpg", bytes, undefined]);
    for (const [state, title, content, wanted] of states) {
      const { outcome, pages, found, seconds, peak } = await convert(title, content);
      context.diagnostic(`${name}, ${state}: ${ended(outcome, pages)}, ${seconds.toFixed(1)} s, ${peak} MB`);
      assert.ok(pages > 0 || (outcome.state !== "done" && /^[A-Z].+\.$/.test(outcome.words)), name);
      assert.ok(seconds < 40, name);
      assert.ok(peak * 1024 ** 2 < 2 * defaultLimits.memoryBytes, `${name}: ${peak} MB`);
      if (wanted !== undefined) assert.ok(wanted.split(" or ").includes(found), `${name}: ${wanted}, found ${found}`);
    }
  }
  await converter.close();
  const left = await readFile(`/proc/${process.pid}/task/${process.pid}/children`, "utf8");
  for (const pid of left.trim().split(" ").filter(Boolean))
    assert.ok(
      !(await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")).includes("docconv"),
      "a process is left behind",
    );
  assert.deepEqual(
    (await readdir(directory)).filter((name) => name.startsWith("docconv-")),
    [],
  );
});

/** @param expected `text` when its text can be read, `picture` when not, or the reason why there is no picture. */
type Sample = readonly [name: string, bytes: Buffer, expected: string | undefined];

async function wholeDocuments(): Promise<Sample[]> {
  const images: Sample[] = [];
  for (const format of ["png", "jpeg", "webp", "gif", "tiff", "avif"] as const)
    images.push([`image.${format}`, await samples.image(format), "picture"]);
  const texts: Sample[] = [
    ["notes.txt", Buffer.from("Hello\n"), "text"],
    ["notes.md", Buffer.from("# Hello\n"), "text"],
    ["table.csv", Buffer.from("Hello,b\n1,2\n"), "text"],
    ["page.html", Buffer.from("<!doctype html><p>Hello</p>"), "text"],
    // As other programs write them.
    ["letter.rtf", samples.rtf("Hello"), "text"],
    ["letter.docx", samples.docx("Hello"), "text"],
    ["macros.docm", samples.docx("Hello", "ms-word.document.macroEnabled.main+xml"), "text"],
    [
      "template.dotx",
      samples.docx("Hello", "openxmlformats-officedocument.wordprocessingml.template.main+xml"),
      "text",
    ],
    ["flat.fodt", samples.flatOdt("Hello"), "text"],
  ];
  const made = [
    ...(await exported(samples.odf("text", "Hello"), "odt", ["doc", "docx", "docm", "dotx", "rtf", "ott", "fodt"])),
    ...(await exported(samples.odf("spreadsheet", "Hello"), "ods", ["xls", "xlsx", "xlsm", "xltx", "ots", "fods"])),
    ...(await exported(samples.odf("presentation", "Hello"), "odp", [
      "ppt",
      "pptx",
      "pptm",
      "ppsx",
      "potx",
      "odg",
      "otp",
      "fodp",
    ])),
  ];
  return [
    ["book.pdf", samples.pdf(["Hello", "2", "3"]), "text"],
    ["image.svg", samples.svg(), "picture"],
    ["image.bmp", samples.bmp(), "picture"],
    ...images,
    ...texts,
    ...made,
  ];
}

async function hostileDocuments(): Promise<Sample[]> {
  return [
    ["empty.pdf", Buffer.alloc(0), "empty"],
    ["endless.pdf", samples.endsInEndless("Good"), "timeout"],
    ["cyclic.pdf", samples.cyclicPdf(), "unreadable-pages"],
    ["locked.pdf", samples.encryptedPdf(["1"], "secret"), "encrypted"],
    ["locked.odt", samples.encryptedOdt(), "encrypted"],
    ["locked.docx", samples.encryptedOffice(), "encrypted"],
    ["locked.doc", samples.encryptedLegacy("doc"), "encrypted"],
    ["locked.xls", samples.encryptedLegacy("xls"), "encrypted"],
    ["locked.ppt", samples.encryptedLegacy("ppt"), "encrypted"],
    ["swollen.odt", samples.swollenOdt(600), "unpacks-too-large"],
    ["rows.ods", samples.millionRows(), "text or picture or office-failed"],
    ["pixels.png", await samples.image("png", 20_000, 6_000), "too-large"],
    ["archive.zip", samples.archive(), "unknown-type"],
    ["nested.html", Buffer.from(`<!doctype html>${"<table><tr><td>".repeat(20_000)}`), undefined],
    ["../../escape.odt", samples.odf("text", "Hello"), "text"],
  ];
}

function isExport(name: string): boolean {
  return name.startsWith("document.") && !/\.(?:odt|ods|odp)$/.test(name);
}

/** What LibreOffice writes of a document in other formats. */
async function exported(source: Buffer, type: string, types: readonly string[]): Promise<Sample[]> {
  const soffice = (await findOffice()) ?? "";
  const file = join(directory, `source.${type}`);
  await writeFile(file, source);
  const made: Sample[] = [[`document.${type}`, source, "text"]];
  for (const other of types) {
    const command = [
      `-env:UserInstallation=file://${directory}/profile`,
      "--headless",
      "--convert-to",
      other,
      "--outdir",
      directory,
      file,
    ];
    await promisify(execFile)(soffice, command);
    made.push([`document.${other}`, await readFile(join(directory, `source.${other}`)), "text"]);
  }
  return made;
}

async function convert(name: string, bytes: Buffer) {
  const file = join(directory, "upload");
  await writeFile(file, bytes);
  let [outcome, pages, peak, text]: [Outcome | undefined, number, number, string] = [undefined, 0, 0, ""];
  const measuring = setInterval(async () => {
    peak = Math.max(peak, await residentMemory(process.pid));
  }, 20);
  const started = performance.now();
  for await (const event of converter.convert(file, { name, limits: limitsOf(bytes) })) {
    if (event.type === "page") {
      pages++;
      text += event.image.text;
    }
    if (event.type === "end") outcome = event.outcome;
  }
  clearInterval(measuring);
  assert.ok(outcome, basename(name));
  const picture = text.includes("Hello") ? "text" : "picture";
  const found = outcome.state === "done" ? picture : outcome.reason;
  return { outcome, pages, found, peak, seconds: (performance.now() - started) / 1000 };
}

/** Nobody has to wait long for what never ends. */
function limitsOf(bytes: Buffer): { readonly timeout: number } | undefined {
  return bytes.equals(samples.endsInEndless("Good")) ? { timeout: 5_000 } : undefined;
}

/** Of all that a process has started, in MB. */
async function residentMemory(pid: number): Promise<number> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8").catch(() => "");
  let total = 0;
  for (const child of children.trim().split(" ").filter(Boolean)) {
    const status = await readFile(`/proc/${child}/status`, "utf8").catch(() => "");
    total += Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024) + (await residentMemory(Number(child)));
  }
  return total;
}

function ended(outcome: Outcome, pages: number): string {
  return outcome.state === "done" ? `${pages} pages` : `${pages} pages, ${outcome.reason}`;
}

/**
 * Links that lead out of a document: in the cage nothing is read and nothing is called, and neither is it where links are taken
 * out instead. The control opens the same documents with LibreOffice as it is: most of them do fire.
 */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm, stat, utimes, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { type Cage, findCage, limitsOnly } from "../cage.ts";
import { Converter } from "../converter.ts";
import { findOffice } from "../office.ts";
import { linkingDocuments } from "../sample-links.ts";
import * as samples from "../samples.ts";
import { withoutCage, withoutOffice } from "../test-office.ts";

const skip = withoutOffice || withoutCage;
let directory: string;
let server: Server;
let called = 0;

before(async () => {
  directory = await mkdtemp(join(tmpdir(), "links-soak-"));
  // So that what a conversion leaves behind cannot be taken for somebody else's.
  process.env["TMPDIR"] = directory;
  server = createServer((_, response) => {
    called++;
    response.end("x");
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
});
after(async () => {
  server.close();
  await rm(directory, { recursive: true });
});

/** What a document has touched while it was opened. */
interface Touched {
  readonly name: string;
  readonly read: boolean;
  readonly called: boolean;
}

test("the control: without a cage documents do read and call", { skip }, async (context) => {
  const soffice = (await findOffice()) ?? "";
  const profile = `-env:UserInstallation=file://${directory}/profile`;
  const out = join(directory, "out");
  const found = await touchedBy(async (files) => {
    const command = [profile, "--headless", "--convert-to", "pdf", "--outdir", out, ...files];
    await promisify(execFile)(soffice, command, { timeout: 60_000 }).catch(() => {});
  });
  for (const { name, read, called } of found)
    context.diagnostic(`${name}: ${read ? "reads" : "does not read"}, ${called ? "calls" : "does not call"}`);
  assert.ok(found.filter(({ read }) => read).length >= 5);
  assert.ok(found.filter(({ called }) => called).length >= 5);
});

test("in the cage nothing is read and nothing is called", { skip }, () => nothingHappens(findCage()));

test("nor where there is no cage, and links are taken out", { skip }, () => nothingHappens(limitsOnly));

async function nothingHappens(cage: Cage | Promise<Cage>): Promise<void> {
  const converter = new Converter({ cage: await cage, startsAhead: false });
  const convert = async (file: string): Promise<void> => {
    for await (const event of converter.convert(file, { name: file }))
      if (event.type === "end")
        assert.notEqual(event.outcome.state === "done" ? "" : event.outcome.reason, "crashed", file);
  };
  const found = await touchedBy(async (files) => {
    await Promise.all(files.map(convert));
  });
  await converter.close();
  assert.deepEqual(
    found.filter(({ read, called }) => read || called),
    [],
  );
  assert.deepEqual(
    (await readdir(tmpdir())).filter((name) => name.startsWith("docconv-")),
    [],
  );
}

/** @param open two files, whose links lead to the canary and to the listener. */
async function touchedBy(open: (files: readonly string[]) => Promise<void>): Promise<Touched[]> {
  const canary = join(directory, "canary.png");
  await writeFile(canary, await samples.image("png", 50, 50));
  const address = server.address();
  assert.ok(address !== null && typeof address === "object");
  const targets = [pathToFileURL(canary).href, `http://127.0.0.1:${address.port}/canary.png`] as const;

  const found: Touched[] = [];
  for (const { name } of linkingDocuments("")) {
    // An access time in the past is renewed by the next read, whatever the file system is sparing with.
    const past = new Date("2000-01-01");
    await utimes(canary, past, new Date("2000-01-02"));
    called = 0;
    const files = targets.map(async (target, index) => {
      const file = join(directory, `${index}-${name}`);
      await writeFile(file, linkingDocuments(target).find((document) => document.name === name)?.bytes ?? "");
      return file;
    });
    await open(await Promise.all(files));
    found.push({ name, read: (await stat(canary)).atimeMs !== past.getTime(), called: called > 0 });
  }
  return found;
}

/** Office documents. Where LibreOffice is not installed, each test holds the converter to saying so. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";
import { type ConvertOptions, convert } from "./convert.ts";
import { findOffice } from "./office.ts";
import * as samples from "./samples.ts";

const office = await findOffice();
let directory: string;

before(async () => {
  directory = await mkdtemp(join(tmpdir(), "office-test-"));
});
after(() => rm(directory, { recursive: true }));

async function convertBytes(name: string, bytes: Uint8Array, options?: ConvertOptions) {
  const file = join(directory, name);
  await writeFile(file, bytes);
  return convert(file, options);
}

// Two at a time: each run has a profile of its own, or the second would find the first one's locked.
describe("LibreOffice makes previews of", { concurrency: 2 }, () => {
  const documents: readonly [string, Buffer][] = [
    ["rtf", samples.rtf("Hello office")],
    ["docx", samples.docx("Hello office")],
    ["odt", samples.odf("text", "Hello office")],
    ["ods", samples.odf("spreadsheet", "Hello office")],
    ["odp", samples.odf("presentation", "Hello office")],
  ];
  for (const [type, bytes] of documents) {
    test(type, async () => {
      const conversion = convertBytes(`a-${type}`, bytes);
      if (office === undefined) return assert.rejects(conversion, { reason: "no-office" });
      const { kind, pages, pageCount } = await conversion;
      assert.equal(kind, "office");
      assert.equal(pageCount, 1);
      assert.match(pages[0]?.text ?? "", /Hello office/);
    });
  }

  test("doc, which LibreOffice has written itself", async () => {
    if (office === undefined) return assert.equal(await findOffice(), undefined);
    await writeFile(join(directory, "old.rtf"), samples.rtf("Hello office"));
    const profile = `-env:UserInstallation=file://${directory}/profile`;
    const command = [profile, "--headless", "--convert-to", "doc", "--outdir", directory, join(directory, "old.rtf")];
    await promisify(execFile)(office, command);
    const { pages } = await convertBytes("a-doc", await readFile(join(directory, "old.doc")));
    assert.equal(pages[0]?.text, "Hello office");
  });

  test("no document that only looks like one", async () => {
    const conversion = convertBytes("torn", samples.docx("Hello office").subarray(0, 400));
    await assert.rejects(conversion, { reason: office === undefined ? "no-office" : "broken" });
  });

  test("a document with a linked image, without fetching it", async () => {
    const requests: (string | undefined)[] = [];
    const web = await listening(createHttpServer((request, response) => response.end(requests.push(request.url))));
    try {
      const linking = samples.odtWithLinkedImage(`http://127.0.0.1:${web.port}/image.png`);
      const conversion = convertBytes("linking", linking);
      if (office === undefined) return await assert.rejects(conversion, { reason: "no-office" });
      assert.match((await conversion).pages[0]?.text ?? "", /Linked/);
      assert.deepEqual(requests, []);
    } finally {
      web.server.close();
    }
  });
});

test("without LibreOffice a sentence says that it is missing", async () => {
  const conversion = convertBytes("a-rtf", samples.rtf("Hello"), { soffice: join(directory, "nowhere") });
  await assert.rejects(conversion, { reason: "no-office", message: /LibreOffice, which is not installed/ });
});

test("LibreOffice is found on the PATH under either of its names", async () => {
  const [empty, bin] = [join(directory, "empty"), join(directory, "bin")];
  await Promise.all([mkdir(empty), mkdir(bin)]);
  await writeFile(join(bin, "libreoffice"), "", { mode: 0o755 });
  assert.equal(await findOffice(`${empty}:${bin}`), join(bin, "libreoffice"));
  assert.equal(await findOffice(empty), undefined);
});

test("a conversion given up takes LibreOffice and all it has started with it", async () => {
  const { server, port } = await listening(createServer());
  const connected = once(server, "connection");
  // As the real one does: a script that starts the program, which here does nothing but keep a connection open.
  const program = `require("node:net").connect(${port}, "127.0.0.1")`;
  const soffice = await script("hanging-soffice", `'${process.execPath}' -e '${program}' &\nwait`);
  const stop = new AbortController();
  try {
    const conversion = convertBytes("hanging", samples.rtf("Hello"), { soffice, signal: stop.signal });
    conversion.catch(() => {}); // Awaited only after the connection is there.
    const [socket]: Socket[] = await connected;
    assert.ok(socket);
    const closed = new Promise((resolve) =>
      socket
        .on("error", () => {})
        .resume()
        .once("close", resolve),
    );
    stop.abort(new Error("enough"));
    await assert.rejects(conversion, { message: "enough" });
    await closed;
  } finally {
    server.close();
  }
});

test("a converter that crashes is an error of its own kind, with a cause for the log", async () => {
  const soffice = await script("killing-soffice", "kill -9 $PPID");
  const conversion = convertBytes("killing", samples.rtf("Hello"), { soffice });
  await assert.rejects(conversion, { reason: "crashed", message: /failed on this file/, cause: /SIGKILL/ });
});

async function script(name: string, body: string): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  return path;
}

async function listening<S extends Server>(server: S): Promise<{ server: S; port: number }> {
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address: AddressInfo | string | null = server.address();
  assert.ok(address !== null && typeof address === "object");
  return { server, port: address.port };
}

/** What a process of a conversion can see, use and outlive. */
import assert from "node:assert/strict";
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";
import { findCage } from "./cage.ts";
import * as samples from "./samples.ts";
import { withoutCage, withoutOffice } from "./test-office.ts";
import { commandOf, descendants, gone } from "./test-processes.ts";

const LIMITS = { memoryBytes: 1024 ** 3, scratchBytes: 1024 ** 2, openFiles: 64 };
const cage = await findCage();
let directory: string;

before(async () => {
  directory = await mkdtemp(join(tmpdir(), "cage-test-"));
});
after(() => rm(directory, { recursive: true }));

/** @returns what a shell says in the cage. */
async function shell(script: string): Promise<string> {
  const { file, args } = cage.command({ file: "/bin/bash", args: ["-c", script] }, { visible: [], limits: LIMITS });
  return (await promisify(execFile)(file, [...args])).stdout.trim();
}

describe("locked in, a process", { skip: withoutCage }, () => {
  test("sees its own empty folder, programs and fonts, and nothing of anybody", async () => {
    const canary = join(directory, "private");
    await writeFile(canary, "private");
    assert.equal(await shell("pwd; ls -A"), "/scratch");
    assert.equal(
      await shell(
        `cat ${canary} /etc/passwd /etc/shadow /proc/1/environ 2>/dev/null | grep -c private; ls /home /root /var/lib 2>/dev/null; true`,
      ),
      "0",
    );
  });

  test("has no network", async () => {
    const server = createServer(() => assert.fail("called")).listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    assert.ok(address !== null && typeof address === "object");
    assert.equal(
      await shell(`(echo > /dev/tcp/127.0.0.1/${address.port}) 2>/dev/null && echo called || echo alone`),
      "alone",
    );
    server.close();
  });

  test("has no more room, memory and files than it is given", async () => {
    assert.match(await shell("head -c 2000000 /dev/zero > a 2>/dev/null; stat -c %s a"), /^\d{1,7}$/);
    assert.equal(
      await shell("head -c 900000 /dev/zero > a; head -c 900000 /dev/zero > b 2>/dev/null || echo full"),
      "full",
    );
    assert.equal(await shell("head -c 2G /dev/zero | tail -n 1 > /dev/null 2>&1 || echo failed"), "failed");
    assert.equal(await shell("ulimit -n"), "64");
  });
});

describe("when the server is killed", () => {
  const limits = "const { limitsOnly: cage } = await import('./demo/docconv/cage.ts');";
  const namespaces = "const { namespaces: cage } = await import('./demo/docconv/cage.ts');";
  const best = "const cage = undefined;";
  const cases: readonly [string, string, string, string | false][] = [
    ["a page that never ends dies with it", best, "endless.pdf", false],
    ["so it does without a cage", limits, "endless.pdf", false],
    ["LibreOffice dies with it, and what that has started", best, "office.docx", withoutCage],
    ["so they do in name spaces alone", namespaces, "office.docx", withoutCage],
  ];
  for (const [what, chosen, name, skip] of cases) {
    test(what, { skip }, async () => {
      const marker = `${process.pid}${Math.random().toString().slice(2, 8)}`;
      const file = join(directory, name);
      await writeFile(file, name.endsWith("pdf") ? samples.endlessPdf() : samples.docx("Hello"));
      // A program that starts another and waits.
      const soffice = join(directory, "soffice");
      await writeFile(soffice, `#!/bin/sh\nsleep ${marker}\n`, { mode: 0o755 });
      const server = script(`${chosen}
        const { Converter } = await import("./demo/docconv/converter.ts");
        const converter = new Converter({ cage, soffice: ${JSON.stringify(soffice)} });
        await converter.prepare();
        console.log("begun");
        for await (const event of converter.convert(${JSON.stringify(file)}));`);
      await line(server, "begun");
      const isIt = name.endsWith("pdf")
        ? (command: string) => command.includes("docconv/worker-")
        : (command: string) => command.includes(marker);
      const pids = await appearing(server, isIt);
      server.kill("SIGKILL");
      await Promise.all(pids.map(gone));
    });
  }
});

test("a full disk is said in words, leaves nothing half written, and is no trouble once there is room", {
  skip: withoutCage || withoutOffice,
}, async () => {
  const room = join(directory, "room");
  const file = join(directory, "document.docx");
  await writeFile(file, samples.docx("Hello"));
  const server = script(
    `const { limitsOnly: cage } = await import("./demo/docconv/cage.ts");
     const { Converter } = await import("./demo/docconv/converter.ts");
     const { appendFileSync, readdirSync, rmSync } = await import("node:fs");
     const filler = ${JSON.stringify(join(room, "filler"))};
     try { for (;;) appendFileSync(filler, Buffer.alloc(65536)); } catch {}
     const converter = new Converter({ cage });
     const outcome = async () => {
       for await (const event of converter.convert(${JSON.stringify(file)})) if (event.type === "end") return event.outcome;
     };
     const full = await outcome();
     const left = readdirSync(${JSON.stringify(room)});
     rmSync(filler);
     console.log(JSON.stringify({ full, left, roomy: await outcome() }));
     await converter.close();`,
    ["bwrap", "--dev-bind", "/", "/", "--size", String(32 * 1024 ** 2), "--tmpfs", room],
    { TMPDIR: room },
  );
  const { full, left, roomy } = JSON.parse(await line(server, "{"));
  assert.equal(full.reason, "no-space");
  assert.equal(full.again, true);
  assert.deepEqual(
    left.filter((name: string) => name.startsWith("docconv-")),
    [],
  );
  assert.equal(roomy.state, "done");
});

function script(code: string, inside: readonly string[] = [], env: Record<string, string> = {}): ChildProcess {
  const command = [...inside, process.execPath, "--import", "tsx", "--input-type=module", "-e", code];
  const server = spawn(command[0] ?? "", command.slice(1), {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, ...env },
  });
  after(() => server.kill("SIGKILL"));
  return server;
}

async function line(server: ChildProcess, start: string): Promise<string> {
  assert.ok(server.stdout);
  for await (const text of createInterface(server.stdout)) if (text.startsWith(start)) return text;
  throw new Error(`expected a line that begins with ${start}, found the end`);
}

/** The descendants of a process whose command line is looked for, as soon as there are some. */
async function appearing(server: ChildProcess, isIt: (command: string) => boolean): Promise<number[]> {
  for (let tries = 0; tries < 1_000; tries++) {
    const found = [];
    for (const pid of await descendants(server.pid ?? 0)) if (isIt(await commandOf(pid))) found.push(pid);
    if (found.length > 0) return found;
    await promisify(execFile)("true"); // Another process had its turn.
  }
  throw new Error("expected a process, found none");
}

/** Each block of code in the documents is what it says it is: types, syntax, messages of the protocol, links. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { access, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import type { ConnectionState } from "../../src/ground/events.ts";
import { parse } from "../../src/ground/protocol.ts";
import { ROOT } from "../support/packed.ts";
import { type Block, blocksOf, DOCUMENTS } from "./blocks.ts";

const run = promisify(execFile);
let folder = "";
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "inject-async-docs-"));
});
after(() => rm(folder, { recursive: true }));

async function saved({ text }: Block, name: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

/** False where the program is not installed; in continuous integration an error. */
async function isInstalled(program: string, argument: string): Promise<boolean> {
  try {
    await run(program, [argument]);
    return true;
  } catch (error) {
    if (process.env["CI"]) throw error;
    return false;
  }
}

test("TypeScript has the right types", async () => {
  const blocks = [...blocksOf("ts"), ...blocksOf("js")];
  const files = await Promise.all(blocks.map((block, index) => saved(block, `block-${index}.ts`)));
  const compilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    module: "ESNext",
    moduleResolution: "Bundler",
    target: "ES2022",
    lib: ["ES2023", "DOM", "DOM.Iterable"],
    types: ["node"],
    typeRoots: [join(ROOT, "node_modules/@types")],
    allowImportingTsExtensions: true,
    paths: {
      "pat-inject-async": [join(ROOT, "src/index.ts")],
      "pat-inject-async/protocol": [join(ROOT, "src/ground/protocol.ts")],
      "pat-inject-async/testing": [join(ROOT, "e2e/support/testing.ts")],
    },
  };
  await symlink(join(ROOT, "node_modules"), join(folder, "node_modules"));
  const include = [...files, join(ROOT, "src/connection/sockjs-client.d.ts")];
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: include }));
  const tsc = join(ROOT, "node_modules/typescript/bin/tsc");
  const { stdout } = await run(process.execPath, [tsc, "-p", folder]).catch((error: { stdout: string }) => error);
  assert.equal(stdout, "", blocks.map(({ place }, index) => `block-${index}.ts is ${place}`).join("\n"));
  assert.ok(files.length > 3);
});

test("JSON is JSON, and what looks like a message is one", () => {
  const blocks = blocksOf("json").flatMap(({ place, text }) =>
    text
      .split("\n")
      .filter(Boolean)
      .map((line) => ({ place, line })),
  );
  assert.ok(blocks.length > 10);
  for (const { place, line } of blocks) {
    const value: unknown = JSON.parse(line);
    if (typeof value === "object" && value !== null && !("url" in value || "marker" in value)) continue;
    assert.doesNotThrow(() => parse(line), place);
  }
});

test("shell scripts are well-formed", async () => {
  for (const [index, block] of blocksOf("sh").entries()) {
    await run("sh", ["-n", await saved(block, `block-${index}.sh`)]);
  }
});

test("Python is well-formed", async (t) => {
  if (!(await isInstalled("python3", "--version"))) return t.skip("Python is not installed");
  for (const [index, block] of blocksOf("python").entries()) {
    const path = await saved(block, `block_${index}.py`);
    await run("python3", ["-c", "import ast, sys; ast.parse(open(sys.argv[1]).read())", path]).catch((error: Error) =>
      assert.fail(`${block.place}: ${error.message}`),
    );
  }
});

test("nginx takes its configuration", async (t) => {
  if (!(await isInstalled("nginx", "-v"))) return t.skip("nginx is not installed");
  for (const [index, block] of blocksOf("nginx").entries()) {
    const head = `pid ${folder}/nginx.pid; error_log ${folder}/error.log; events {} http { access_log off;\n`;
    const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
      .map((name) => `${name}_temp_path ${folder}/${name};`)
      .join(" ");
    // A test of the configuration binds the port: any free one.
    const text = `${head}${temporary}${block.text.replace("127.0.0.1:8080", `unix:${folder}/nginx.sock`)}}`;
    const path = await saved({ ...block, text }, `block-${index}.conf`);
    await run("nginx", ["-t", "-p", folder, "-c", path]);
  }
});

test("the states in the diagram are those of a connection", () => {
  const states = { idle: 0, connecting: 0, open: 0, waiting: 0, stopped: 0 } satisfies Record<ConnectionState, 0>;
  const [diagram] = blocksOf("mermaid").filter(({ text }) => text.startsWith("stateDiagram"));
  const named = [...(diagram?.text ?? "").matchAll(/\b(\w+) --> (\w+)/g)].flatMap(([, from = "", to = ""]) => [
    from,
    to,
  ]);
  assert.deepEqual([...new Set(named)].sort(), Object.keys(states).sort());
  for (const { place, text } of blocksOf("mermaid")) {
    assert.match(text, /^(sequenceDiagram|stateDiagram-v2)\n/, place);
  }
});

test("what the integrators' table of symptoms quotes from the log are lines that a test in a browser expects", async () => {
  const text = await readFile(join(ROOT, "docs/integrators.md"), "utf8");
  const table = /^\| symptom \|.*\n((?:\|.*\n)+)/m.exec(text)?.[1] ?? "";
  const quoted = [...table.matchAll(/(?<!\*)\*([^*]+)\*(?!\*)/g)].map(([, line = ""]) => line);
  assert.ok(quoted.length > 5);
  const files = ["page/options", "page/unusable-host", "connection/transports"];
  const specs = await Promise.all(files.map((name) => readFile(join(ROOT, `e2e/${name}.spec.ts`), "utf8")));
  const expected = specs.join("\n");
  for (const line of quoted) {
    const words = line.split("…").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    assert.match(expected, new RegExp(words.join(".+")), line);
  }
});

test("links lead to files and headings that are there", async () => {
  for (const document of DOCUMENTS) {
    const base = new URL(document, `file://${ROOT}`);
    const text = await readFile(base, "utf8");
    for (const [, link = ""] of text.matchAll(/\]\((?!https?:)([^)]+)\)/g)) {
      const url = new URL(link, base);
      const heading = url.hash.slice(1);
      url.hash = "";
      await access(url).catch(() => assert.fail(`${document}: ${link}`));
      if (heading === "") continue;
      const headings = [...(await readFile(url, "utf8")).matchAll(/^#+ (.*)$/gm)].map(([, words = ""]) =>
        words
          .toLowerCase()
          .replace(/[^\w\s-]/g, "")
          .replace(/\s/g, "-"),
      );
      assert.ok(headings.includes(heading), `${document}: ${link}`);
    }
  }
});

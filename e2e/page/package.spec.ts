/** The package as a project gets it that installs it: the ESM build in its bundle, the types in its editor, what is in it. */
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { build } from "vite";
import { test as base, expect, hostReady, libraryPage } from "../support/fixture.ts";
import { pack, ROOT } from "../support/packed.ts";

const run = promisify(execFile);

interface Project {
  /** A folder with the packed package and nothing but its dependencies in `node_modules`. */
  readonly project: string;
  /** The script of a project that imports the package and registers it, once more than needed. */
  readonly bundle: string;
}

const test = base.extend<object, Project>({
  project: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures a function needs from its pattern
    async ({}, use) => {
      const project = await realpath(await mkdtemp(join(tmpdir(), "pat-inject-async-")));
      const installed = join(project, "node_modules", "pat-inject-async");
      await mkdir(installed, { recursive: true });
      await run("tar", ["-xzf", await pack(project), "-C", installed, "--strip-components", "1"]);
      const { dependencies } = JSON.parse(await readFile(join(installed, "package.json"), "utf8"));
      for (const name of Object.keys(dependencies)) {
        await symlink(await realpath(join(ROOT, "node_modules", name)), join(project, "node_modules", name));
      }
      await use(project);
      await rm(project, { recursive: true });
    },
    { scope: "worker" },
  ],
  bundle: [
    async ({ project }, use) => {
      const entry = join(project, "main.js");
      await writeFile(entry, 'import { register } from "pat-inject-async"; window.again = register();');
      await build({
        root: project,
        configFile: false,
        logLevel: "warn",
        build: { lib: { entry, formats: ["iife"], name: "project", fileName: () => "project.js" } },
      });
      await use(await readFile(join(project, "dist", "project.js"), "utf8"));
    },
    { scope: "worker" },
  ],
});

// One after the other in one worker: the package is packed and built once.
test.describe.configure({ mode: "default" });

for (const host of ["patternslib", "mockup"] as const) {
  for (const order of ["before", "after", "late"] as const) {
    test(`the ESM build works in a project's own bundle, ${order} the bundle of ${host}`, async ({
      page,
      push,
      bundle,
    }) => {
      push.snippet("/project.js", { headers: { "Content-Type": "text/javascript" }, body: bundle });
      const script = '<script src="/project.js"></script>';
      const html = libraryPage({ host, order: "late", body: '<p id="b"></p>' });
      const pages = {
        before: html.replace("<title>", `${script}<title>`),
        after: html.replace("</head>", `${script}</head>`),
        late: html,
      };
      await page.goto(push.page("/", pages[order]));
      if (order === "late") {
        await hostReady(page);
        await page.addScriptTag({ url: "/project.js" });
      }
      const socket = await push.nextSocket();
      socket.send({ html: "<i>1</i>", inject: "target: #b::after" });
      await expect(page.locator("#b")).toHaveText("1");
      expect(await page.evaluate(() => Reflect.get(window, "again"))).toBe(false);
      expect(push.sockets).toHaveLength(1);
    });
  }
}

test("the script is no larger than the README says", async ({ project }) => {
  const [, most = ""] = /at most ([\d,]+) bytes/.exec(await readFile(join(ROOT, "README.md"), "utf8")) ?? [];
  const script = await readFile(join(project, "node_modules/pat-inject-async/dist/pat-inject-async.min.js"));
  expect(gzipSync(script, { level: 9 }).byteLength).toBeLessThanOrEqual(Number(most.replaceAll(",", "")));
});

const CONSUMER = `
import { register, type ConnectionState, type EventDetails, type InjectAsync, type Options, type ServerMessage } from "pat-inject-async";
import { MAX_MESSAGE_LENGTH, parse, type Publication } from "pat-inject-async/protocol";

const added: boolean = register();
export const read = parse("x".repeat(MAX_MESSAGE_LENGTH)).type;
document.addEventListener("pat-inject-async-injected", ({ detail }) => detail.target.toUpperCase());
document.addEventListener("pat-inject-async-before-inject", (event) => {
  const fragment: DocumentFragment = event.detail.fragment;
  if (!fragment.hasChildNodes() || added) event.preventDefault();
});
// @ts-expect-error: there is no such property
document.addEventListener("pat-inject-async-gap", ({ detail }) => detail.nonsense);

const instance: InjectAsync | undefined = document.body["pattern-inject-async"];
const options: Options | undefined = instance?.options;
export const timeout: number | undefined = options?.timeout;
// @ts-expect-error: options are read, not written
if (options) options.retries = 1;
export const ofElement = (event: HTMLElementEventMap["pat-inject-async-error"]): string | undefined => event.detail.url;
document.body.addEventListener("pat-inject-async-state", ({ detail: { state } }) => {
  // @ts-expect-error: no such state
  if (state === "nonsense") register();
});
const shortest: Publication = { url: "/doc/1/@@snippet" };
const marker: Publication = { type: "push", marker: "message_counter" };
// @ts-expect-error: the stream gives the position
const positioned: Publication = { url: "/doc/1/@@snippet", id: "1-0" };
export const published = [shortest, marker, positioned];

const state: ConnectionState | undefined = instance?.state;
instance?.destroy();
// @ts-expect-error: what is sent is either
const message: ServerMessage = { type: "nonsense" };
export const details: EventDetails["state"] = { state: state ?? "idle", url: JSON.stringify(message) };
`;

for (const moduleResolution of ["Bundler", "NodeNext"]) {
  test(`the types are complete and strict, with moduleResolution ${moduleResolution}`, async ({ project }) => {
    const module = moduleResolution === "Bundler" ? "ESNext" : moduleResolution;
    const compilerOptions = {
      strict: true,
      noEmit: true,
      skipLibCheck: false,
      types: [],
      target: "ES2022",
      module,
      moduleResolution,
    };
    await writeFile(join(project, "package.json"), '{ "type": "module" }');
    await writeFile(join(project, "consumer.ts"), CONSUMER);
    await writeFile(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["consumer.ts"] }));
    const tsc = join(ROOT, "node_modules", "typescript", "bin", "tsc");
    const { stdout } = await run(process.execPath, [tsc, "-p", project]).catch((error: { stdout: string }) => error);
    expect(stdout).toBe("");
  });
}

test("a publisher in Node imports the protocol, which needs no browser", async ({ project }) => {
  const publisher = `import { parse } from "pat-inject-async/protocol"; console.log(parse('"/doc/1"').url);`;
  const { stdout } = await run(process.execPath, ["--input-type=module", "--eval", publisher], { cwd: project });
  expect(stdout.trim()).toBe("/doc/1");
});

test("the script has sockjs-client inside, and neither jQuery nor Patternslib", async ({ project }) => {
  const dist = join(project, "node_modules", "pat-inject-async", "dist");
  const script = await readFile(join(dist, "pat-inject-async.min.js"), "utf8");
  expect(script).toContain("xhr_streaming");
  for (const theirs of [
    /jQuery v?\d/,
    /jquery_plugin/,
    /pat-inject-missingSource/,
    /\bimport\s*\(/,
    /\brequire\s*\(/,
  ]) {
    expect(script).not.toMatch(theirs);
  }

  const modules = (await readdir(dist, { recursive: true })).filter(
    (name) => name.endsWith(".js") && !name.endsWith(".min.js") && !name.startsWith("testing"),
  );
  const texts = await Promise.all(modules.map((name) => readFile(join(dist, name), "utf8")));
  const imports = texts.flatMap((text) =>
    Array.from(text.matchAll(/^(?:import|export)\b.*"([^"]+)";$/gm), ([, from]) => from),
  );
  expect(modules).toContain("index.js");
  expect(imports.filter((from) => !from?.startsWith("."))).toEqual(["sockjs-client/dist/sockjs.min.js"]);
});

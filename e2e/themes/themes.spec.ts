/** Each theme of examples/, with the packed package: built as its README says, and opened. */
import { execFile } from "node:child_process";
import { cp, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, libraryPage, test } from "../support/fixture.ts";
import { pack, ROOT } from "../support/packed.ts";

const run = promisify(execFile);
const HEADERS = { "Content-Type": "text/javascript; charset=utf-8" };

for (const [theme, script] of [
  ["theme-vite", "theme.min.js"],
  ["theme-webpack", "theme-remote.min.js"],
] as const) {
  test(`${theme} brings the pattern to pages with the bundle of Patternslib and of Plone`, async ({ page, push }) => {
    for (const [name, body] of await build(theme)) push.snippet(`/theme/${name}`, { headers: HEADERS, body });
    push.snippet("/doc/1", '<p id="b">ready</p>');

    for (const host of ["patternslib", "mockup"] as const) {
      await test.step(host, async () => {
        const head = `<script src="/theme/${script}"></script>`;
        const html = libraryPage({ host, order: "late", head, body: '<p id="b">waits</p>' });
        await page.goto(push.page(`/${host}`, html));
        const socket = await push.nextSocket();
        socket.send({ url: "/doc/1" });
        await expect(page.locator("#b.is-new")).toHaveText("ready");
        await page.goto("about:blank");
        await socket.closed;
      });
    }
    // Neither bundle has brought a second pattern.
    expect(push.sockets).toHaveLength(2);
  });
}

/** What the theme's build writes: names of scripts, in its folder for what is built, and their text. */
async function build(theme: string): Promise<readonly (readonly [string, string])[]> {
  const project = await mkdtemp(join(tmpdir(), `${theme}-`));
  try {
    await cp(join(ROOT, "examples", theme), project, { recursive: true });
    const quietly = ["--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"];
    await run("npm", ["install", ...quietly, await pack(project)], { cwd: project });
    await run("npm", ["run", "build"], { cwd: project });
    const dist = join(project, "dist");
    const names = (await readdir(dist, { recursive: true })).filter((name) => name.endsWith(".js"));
    return await Promise.all(names.map(async (name) => [name, await readFile(join(dist, name), "utf8")] as const));
  } finally {
    await rm(project, { recursive: true });
  }
}

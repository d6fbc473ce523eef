/** The library in a real Plone: the main job, who may not, and everything that can be killed. */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { withoutRedisServer } from "../../demo/test-support/redis.ts";
import { installedProgram } from "../support/program.ts";
import { expect, isOpen, isShown, ownPreview, recent, test, upload } from "./people.ts";
import { virtualEnvironment, withoutPython } from "./python.ts";

const withoutNginx =
  installedProgram("NGINX_PATH", ["nginx"]) === undefined && "no nginx here: install Debian's package";
const missing = (await withoutPython()) || withoutRedisServer || withoutNginx;
if (missing && process.env["CI"]) throw new Error(missing);
test.skip(Boolean(missing), missing || "");

test("Jane uploads a document in Plone's form; its preview appears by itself, on its page and among the recent files, to Joe too", async ({
  intranet,
  logIn,
}) => {
  const joe = await logIn("joe");
  const jane = await logIn("jane");
  await upload(jane, intranet.url, "main");
  await isShown(ownPreview(jane));
  await isShown(recent(jane, "main").locator("img"));
  await isShown(recent(joe, "main").locator("img"));
});

test("the first message of docs/integrators.md is what Jane sees in place of the page's content, and Joe does not", async ({
  redis,
  logIn,
}) => {
  const document = await readFile(new URL("../../docs/integrators.md", import.meta.url), "utf8");
  const [, key = "", message = ""] = /^redis-cli XADD (\S+) .* message '(.*)'$/m.exec(document) ?? [];
  const joe = await logIn("joe");
  const jane = await logIn("jane");
  await redis.xadd(key, "*", "message", message);
  await redis.publish(key, "");
  await expect(jane.locator("#content-core")).toHaveText("It works");
  await expect(joe.locator("#content-core")).not.toHaveText("It works");
});

test("a file that takes the document's place gets a preview of its own, and one that is broken a sentence", async ({
  intranet,
  logIn,
}) => {
  const joe = await logIn("joe");
  const jane = await logIn("jane");
  await upload(jane, intranet.url, "before");
  const first = await recent(joe, "before").locator("img").getAttribute("src");
  await jane.goto(`${intranet.url}/before.pdf/edit`);
  await jane.locator("input[name='form.widgets.file.action'][value=replace]").check();
  await jane.locator("input[type=file]").setInputFiles({
    name: "broken.pdf",
    mimeType: "application/pdf",
    buffer: Buffer.from("%PDF-1.7 broken"),
  });
  await jane.locator("#form-buttons-save").click();
  expect(first).toMatch(/@@preview-image/);
  await expect(jane.getByText("There is no preview of this file.").first()).toBeVisible();
  await expect(recent(joe, "before").getByText("There is no preview of this file.")).toBeVisible();
});

test("who is not logged in has no connection and no door; who logs out gets nothing more", async ({
  intranet,
  logIn,
  otherUser,
  allow,
}) => {
  allow(/status of 401/);
  const stranger = await otherUser();
  await stranger.goto(intranet.url);
  await expect(stranger.locator("body")).not.toHaveClass(/pat-inject-async/);
  await expect(stranger.locator("#recent-files")).toHaveCount(0);
  expect((await fetch(`${intranet.url}/push/info`, { headers: { Origin: intranet.url } })).status).toBe(401);
  expect(await (await fetch(`${intranet.url}/@@whoami`)).json()).toEqual({ id: null });

  const jane = await logIn("jane");
  const joe = await logIn("joe");
  const otherTab = await joe.context().newPage();
  await otherTab.goto(`${intranet.url}/logout`);
  await expect(joe.locator("body")).toHaveAttribute("data-inject-async-state", "stopped");
  await upload(jane, intranet.url, "logged-out");
  await isShown(recent(jane, "logged-out").locator("img"));
  await expect(recent(joe, "logged-out")).toHaveCount(0);
});

test("Joe is not told of Jane's private document, and told by mistake he does not see it", async ({
  intranet,
  redis,
  logIn,
  allow,
}) => {
  allow(/insufficient-privileges|status of 40[13]/);
  const joe = await logIn("joe");
  const jane = await logIn("jane");
  await jane.goto(`${intranet.url}/++add++Folder`);
  await jane.locator("#form-widgets-IDublinCore-title, #form-widgets-IBasic-title").fill("Private of Jane");
  await jane.locator("#form-buttons-save").click();
  await expect(jane.locator("h1")).toHaveText("Private of Jane");
  await upload(jane, intranet.url, "private", "/private-of-jane");
  await isShown(ownPreview(jane));
  const messages = JSON.stringify(await redis.xrange("inject-async:joe", "-", "+"));
  expect(messages).not.toContain("private.pdf");

  const address = "/private-of-jane/private.pdf/@@preview-snippet";
  const told = joe.waitForResponse((response) => response.url().includes("insufficient-privileges"));
  const message = { url: address, inject: "source: .preview; target: #recent-files" };
  await redis.xadd("inject-async:joe", "*", "message", JSON.stringify(message));
  await redis.publish("inject-async:joe", "");
  await told;
  await expect(joe.locator("#recent-files")).toContainText("Recent files");
  await expect(recent(joe, "private")).toHaveCount(0);
  const batch = await joe.request.get(`${intranet.url}/@@snippets`, { params: { url: address } });
  expect(await batch.text()).toMatch(/<template data-url="[^"]+" data-status="302"><\/template>/);
  const ofJane = await jane.request.get(`${intranet.url}/@@snippets`, { params: { url: address } });
  expect(await ofJane.text()).toContain(`<template data-url="${address}" data-status="200"><div class="preview"`);
});

test("an uploaded HTML file is no snippet: as a part of the batch view's answer it would run its scripts", async ({
  intranet,
  logIn,
}) => {
  const jane = await logIn("jane");
  await jane.goto(`${intranet.url}/++add++File`);
  const buffer = Buffer.from("</template><script>document.title = 'not mine'</script>");
  await jane.locator("input[type=file]").setInputFiles({ name: "uploaded.html", mimeType: "text/html", buffer });
  await jane.locator("#form-buttons-save").click();
  await expect(jane.locator("h1")).toHaveText("uploaded.html");
  const download = await jane.request.get(`${intranet.url}/uploaded.html/@@download/file`);
  expect(download.headers()["content-type"]).toContain("text/html");
  for (const view of ["@@download/file", "@@display-file/file"]) {
    const url = `/uploaded.html/${view}`;
    const batch = await jane.request.get(`${intranet.url}/@@snippets`, { params: { url } });
    expect(await batch.text()).toMatch(/<template data-url="[^"]+" data-status="(?!200)\d+"><\/template>/);
    expect(batch.headers()["content-security-policy"]).toBe("sandbox");
  }
});

test("previews are made for a POST with a token, and for nothing else", async ({ intranet, logIn }) => {
  const jane = await logIn("jane");
  await upload(jane, intranet.url, "posted");
  await isShown(ownPreview(jane));
  const view = `${intranet.url}/posted.pdf/@@generate-previews`;
  const token = (await jane.locator("#protect-script").getAttribute("data-token")) ?? "";
  expect((await jane.request.get(view)).status()).toBe(405);
  expect((await jane.request.post(view)).status()).toBe(403);
  expect((await jane.request.post(view, { headers: { "X-CSRF-TOKEN": token } })).status()).toBe(204);
  const joe = await logIn("joe");
  const ofJoe = (await joe.locator("#protect-script").getAttribute("data-token")) ?? "";
  const refused = await joe.request.post(view, { headers: { "X-CSRF-TOKEN": ofJoe } });
  expect(refused.url()).toContain("insufficient-privileges");
});

test("a ticket that is refreshed while the socket is open: the page comes back with the new one", async ({
  intranet,
  logIn,
}) => {
  await intranet.script("short_tickets.py");
  const joe = await logIn("joe");
  let sockets = 0;
  joe.on("websocket", () => {
    sockets += 1;
  });
  // As Plone's own page does it, until the first ticket is worth nothing and the gateway has asked about it.
  await expect
    .poll(
      async () => {
        await joe.request.get(`${intranet.url}/acl_users/session/refresh?type=gif`);
        return sockets;
      },
      { timeout: 60_000 },
    )
    .toBeGreaterThan(0);
  await isOpen(joe);
  await intranet.script("long_tickets.py");
  const jane = await logIn("jane");
  await upload(jane, intranet.url, "refreshed");
  await isShown(recent(joe, "refreshed").locator("img"));
});

test("the push server is killed during an upload", async ({ intranet, logIn, allow }) => {
  allow(/push/);
  const { gateway, celery } = intranet.processes;
  const joe = await logIn("joe");
  const jane = await logIn("jane");
  await gateway.kill();
  const from = celery.log.length;
  await upload(jane, intranet.url, "without-push");
  await celery.writes(/succeeded/, from);
  await expect(recent(joe, "without-push")).toHaveCount(0);
  await gateway.start();
  await isShown(recent(joe, "without-push").locator("img"));
  await isShown(ownPreview(jane));
});

test("the worker instance is killed while it has the task", async ({ intranet, logIn }) => {
  const { worker, celery } = intranet.processes;
  const joe = await logIn("joe");
  const jane = await logIn("jane");
  worker.freeze();
  const from = celery.log.length;
  await upload(jane, intranet.url, "without-worker");
  await celery.writes(/received/, from);
  await worker.kill();
  await celery.writes(/Retry in/, from);
  await expect(jane.locator(".preview[aria-busy]").first()).toBeVisible();
  await worker.start();
  await isShown(ownPreview(jane));
  await isShown(recent(joe, "without-worker").locator("img"));
});

test("Celery's worker is killed with the task in its hands", async ({ intranet, logIn }) => {
  const { worker, celery } = intranet.processes;
  const joe = await logIn("joe");
  const jane = await logIn("jane");
  // So that no other than the next worker can have made the preview.
  worker.freeze();
  const from = celery.log.length;
  await upload(jane, intranet.url, "without-celery");
  await celery.writes(/received/, from);
  await celery.kill();
  await worker.kill();
  await Promise.all([worker.start(), celery.start()]);
  const began = performance.now();
  await isShown(ownPreview(jane));
  await isShown(recent(joe, "without-celery").locator("img"));
  expect(performance.now() - began).toBeLessThan(30_000);
});

test("the push server in Tornado does the same", async ({ intranet, logIn, allow }) => {
  allow(/push/);
  const { gateway, tornado } = intranet.processes;
  const joe = await logIn("joe");
  await gateway.kill();
  await tornado.start();
  const jane = await logIn("jane");
  await upload(jane, intranet.url, "tornado");
  await isShown(ownPreview(jane));
  await isShown(recent(joe, "tornado").locator("img"));
  await tornado.kill();
  await gateway.start();
});

test("the task without a queue, by its own tests in Python", async () => {
  const python = join(await virtualEnvironment(), "python");
  const folder = fileURLToPath(new URL("../../examples/celery", import.meta.url));
  const { stderr } = await promisify(execFile)(python, ["-m", "unittest", "discover", "--start-directory", folder]);
  expect(stderr).toMatch(/^OK$/m);
});

test("the add-on, taken out of the site, leaves nothing, and comes back", async ({ intranet, logIn, allow }) => {
  allow(/status of 404/);
  const joe = await logIn("joe");
  await intranet.script("uninstall.py");
  await joe.goto(intranet.url);
  await expect(joe.locator("body")).toHaveClass(/userrole-authenticated/);
  await expect(joe.locator("body")).not.toHaveClass(/inject-async/);
  await expect(joe.locator("script[src*=inject], link[href*=inject], #recent-files")).toHaveCount(0);
  expect((await fetch(`${intranet.url}/@@whoami`)).status).toBe(404);
  await intranet.script("install.py");
  await joe.goto(intranet.url);
  await isOpen(joe);
});

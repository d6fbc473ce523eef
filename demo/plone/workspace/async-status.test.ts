import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { startSite } from "../test-support/site.ts";

const BROWSER = { Accept: "text/html,application/xhtml+xml,*/*;q=0.8" };

describe("the status", () => {
  test("is JSON for programs, and a page with words for browsers, signed in or not", async (t) => {
    const site = await startSite(t);
    const anonymous = await fetch(new URL("/@@async-status", site.url), { headers: BROWSER });
    assert.match(
      await anonymous.text(),
      /Sign in to have.*mode: <strong>test<\/strong><\/dt>\s*<dd>Tasks and messages go/s,
    );
    const program = await site.visitor().get("/@@async-status");
    assert.deepEqual(await program.json(), { mode: "test" });
    assert.equal(program.headers.get("cache-control"), "no-store");
  });

  test("has a message pushed to the page and a task done for it, whose snippets tell how long they took", async (t) => {
    const site = await startSite(t);
    const joe = await site.logIn("joe");
    const page = await (
      await fetch(new URL("/@@async-status", site.url), { headers: { ...BROWSER, Cookie: joe.cookie } })
    ).text();
    assert.match(page, /id="round-trip"[^>]*>A message is on its way/);
    const [, authenticator = ""] = /action="\/@@async-status\/push".*?value="([0-9a-f]+)"/s.exec(page) ?? [];
    await joe.post("/@@async-status/push", { _authenticator: authenticator });
    const urls = (await site.messages("joe")).map(
      (message) => /"url":"([^"]+)"/.exec(JSON.stringify(message))?.[1] ?? "",
    );
    assert.equal(urls.length, 2);
    for (const url of urls) assert.match(await joe.read(url), /id="round-trip".*<strong>\d{1,4} ms<\/strong>/s);

    assert.equal(site.tasks.length, 2);
    const task = await site.nextTask();
    assert.equal((await site.perform(task)).status, 200);
    const [, url = ""] = /"url":"([^"]+)"/.exec(JSON.stringify((await site.messages("joe")).at(-1))) ?? [];
    assert.match(await joe.read(url), /id="task-round-trip".*<strong>\d{1,4} ms<\/strong>/s);
    assert.equal((await site.perform({ ...task, form: { ...task.form, since: "" } })).status, 400);
    assert.equal((await site.perform({ ...task, form: { since: "1" } })).status, 403);
    assert.equal((await site.perform({ ...task, cookie: "" })).status, 401);
    for (const name of ["round-trip", "task-round-trip"])
      assert.equal((await joe.get(`/@@async-status/${name}?since=x`)).status, 400);
    assert.equal((await joe.post("/@@async-status/push", { _authenticator: "0".repeat(64) })).status, 403);
  });
});

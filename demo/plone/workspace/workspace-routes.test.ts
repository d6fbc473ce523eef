import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { startSite, type TestSite } from "../test-support/site.ts";
import type { Visitor } from "../test-support/visitor.ts";

async function share(site: TestSite, title: string): Promise<void> {
  await (await site.logIn("jane")).upload({ name: title, content: "hello" });
  await site.nextTask();
}

async function unread(visitor: Visitor): Promise<string | undefined> {
  return /data-count="(\d+)"/.exec(await visitor.read("/@@notifications"))?.[1];
}

/** The form under the notifications, filled in as it stands in the page. */
async function markReadForm(visitor: Visitor): Promise<FormData> {
  const form = new FormData();
  for (const [, name, value] of (await visitor.read("/@@notifications")).matchAll(/name="(\w+)" value="(\w+)"/g)) {
    form.set(name ?? "", value ?? "");
  }
  return form;
}

describe("notifications", () => {
  test("are marked as read, in the user's other windows too, up to what the user has seen", async (t) => {
    const site = await startSite(t);
    const joe = await site.logIn("joe");
    await share(site, "first.pdf");
    await share(site, "second.pdf");
    const form = await markReadForm(joe);
    await share(site, "third.pdf");
    assert.equal(await unread(joe), "3");

    const before = (await site.messages("joe")).length;
    const response = await joe.post("/@@mark-read", form, { "X-Requested-With": "XMLHttpRequest" });
    assert.match(await response.text(), /data-count="1".*shared third\.pdf/s);
    assert.equal(await unread(joe), "1");
    const [message] = (await site.messages("joe")).slice(before);
    assert.match(JSON.stringify(message), /"url":"\/@@notifications"/);
  });

  test("are marked as read without JavaScript", async (t) => {
    const site = await startSite(t);
    const joe = await site.logIn("joe");
    await share(site, "first.pdf");
    const fields = Object.fromEntries([...(await markReadForm(joe))].map(([name, value]) => [name, String(value)]));
    const response = await joe.post("/@@mark-read", fields);
    assert.equal(response.status, 303);
    assert.equal(response.headers.get("location"), "/workspace");
    assert.equal(await unread(joe), "0");
  });

  test("stay unread when the form is not ours, or makes no sense", async (t) => {
    const site = await startSite(t);
    const joe = await site.logIn("joe");
    await share(site, "first.pdf");
    assert.equal((await joe.post("/@@mark-read", { until: "1" }, { Origin: "https://evil.example" })).status, 403);
    const _authenticator = await joe.authenticator();
    assert.equal((await joe.post("/@@mark-read", { _authenticator, until: "for ever" })).status, 400);
    assert.equal(await unread(joe), "1");
  });
});

describe("the workspace", () => {
  test("says from which positions on the page has to be told, and of which topic", async (t) => {
    const site = await startSite(t);
    const jane = await site.logIn("jane");
    const position = await site.bus.position("jane");
    const topic = await site.bus.position({ topic: "workspace" });
    const page = await jane.read("/workspace");
    const body = `<body class="pat-inject-async" data-pat-inject-async="url: /push; position: ${position}; topics: (\\S+)@${topic}; batch:`;
    const [, grant = ""] = new RegExp(body).exec(page) ?? [];
    assert.equal(site.grants.verify(grant, "jane").topic, "workspace");
    assert.throws(() => site.grants.verify(grant, "joe"));
  });

  test("may be kept for the back button, but is asked for again", async (t) => {
    const site = await startSite(t);
    const response = await (await site.logIn("jane")).get("/workspace");
    assert.equal(response.headers.get("cache-control"), "private, no-cache");
    assert.match(response.headers.get("content-security-policy") ?? "", /frame-ancestors 'self'/);
    assert.equal(response.headers.get("x-content-type-options"), "nosniff");
  });

  test("loads scripts and styles that are there", async (t) => {
    const site = await startSite(t);
    const page = await (await site.logIn("jane")).read("/workspace");
    const links = [...page.matchAll(/(?:src|href)="(\/\+\+resource\+\+[^"]+)"/g)].map(([, path]) => path ?? "");
    // The library itself is there once it has been built, which the tests of this folder do not need.
    const files = links.filter((path) => !path.includes("/pat-inject-async/"));
    assert.ok(files.length > 6);
    for (const path of files) assert.equal((await site.visitor().get(path)).status, 200, path);
    assert.equal((await site.visitor().get("/favicon.ico")).headers.get("location"), files[0]);
  });
});

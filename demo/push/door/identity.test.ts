import assert from "node:assert/strict";
import { createServer, type RequestListener } from "node:http";
import { describe, type TestContext, test } from "node:test";
import { listen } from "../test-support/site.ts";
import { createIdentity, type IdentityOptions } from "./identity.ts";

/** A Plone that answers as told, and keeps the Cookie headers it was asked with. */
async function askPlone(t: TestContext, answer: RequestListener, options: Partial<IdentityOptions> = {}) {
  const asked: (string | undefined)[] = [];
  const ploneUrl = await listen(
    t,
    createServer((request, response) => {
      asked.push(request.headers.cookie);
      answer(request, response);
    }),
  );
  return { asked, whoami: createIdentity({ ploneUrl, ...options }) };
}

const jane: RequestListener = (_request, response) => void response.end('{"id":"jane"}');

describe("an answer", () => {
  test("is a user or nobody, asked with the Cookie header verbatim", async (t) => {
    const { asked, whoami } = await askPlone(t, (request, response) => {
      response.end(JSON.stringify({ id: request.headers.cookie?.includes("jane") ? "jane" : null }));
    });
    assert.equal(await whoami('__ac="jane%20=="; other=1'), "jane");
    assert.equal(await whoami("__ac=expired"), null);
    assert.equal(await whoami(undefined), null);
    assert.deepEqual(asked, ['__ac="jane%20=="; other=1', "__ac=expired"]);
  });

  test("is cached for a while, per cookie, unless a fresh one is asked for", async (t) => {
    let time = 1;
    const { asked, whoami } = await askPlone(t, jane, { ttlMs: 100, now: () => time });
    await whoami("a");
    time = 100;
    await whoami("a");
    assert.equal(asked.length, 1);
    await whoami("b");
    assert.equal(asked.length, 2);
    await whoami("a", { fresh: true });
    assert.equal(asked.length, 3);
    time = 199;
    await whoami("a");
    assert.equal(asked.length, 3, "a fresh answer is cached anew");
    time = 201;
    await whoami("a");
    assert.equal(asked.length, 4);
  });

  test("is shared by those who ask for it at the same time", async (t) => {
    const { asked, whoami } = await askPlone(t, jane);
    assert.deepEqual(
      await Promise.all([whoami("a"), whoami("a"), whoami("a", { fresh: true })]),
      Array(3).fill("jane"),
    );
    assert.equal(asked.length, 1);
  });

  test("is forgotten, the oldest first, when there are too many", async (t) => {
    const { asked, whoami } = await askPlone(t, jane, { maxAnswers: 2 });
    for (const cookie of ["a", "b", "c", "b", "a"]) await whoami(cookie);
    assert.deepEqual(asked, ["a", "b", "c", "a"]);
  });

  test("comes to each of more questions at the same time than answers are kept", async (t) => {
    const { whoami } = await askPlone(t, jane, { maxAnswers: 2 });
    const cookies = ["a", "b", "c", "d", "e"];
    assert.deepEqual(await Promise.all(cookies.map((cookie) => whoami(cookie))), Array(5).fill("jane"));
  });

  test("stays cached when Plone fails to give a fresh one", async (t) => {
    let status = 200;
    const { asked, whoami } = await askPlone(t, (_request, response) => {
      response.writeHead(status).end('{"id":"jane"}');
    });
    await whoami("a");
    status = 502;
    await assert.rejects(whoami("a", { fresh: true }));
    assert.equal(await whoami("a"), "jane");
    assert.equal(asked.length, 2);
  });

  test("that does not come is told to each of many questions at the same time", async (t) => {
    const { whoami } = await askPlone(t, (_request, response) => void response.writeHead(502).end(), { maxAnswers: 1 });
    const answers = await Promise.allSettled(["a", "b", "c"].map((cookie) => whoami(cookie)));
    assert.deepEqual(
      answers.map((it) => it.status),
      Array(3).fill("rejected"),
    );
  });
});

describe("no answer", () => {
  const problems: Record<string, [RequestListener, RegExp]> = {
    "an error": [(_, response) => void response.writeHead(500).end(), /expected status 200, found 500/],
    "a redirect to a login page": [
      (_, response) => void response.writeHead(302, { Location: "/login" }).end(),
      /expected status 200, found 302/,
    ],
    "a login page": [(_, response) => void response.end("<h1>Log in</h1>"), /expected \{"id".* found "<h1>Log in/],
    "an id of another type": [(_, response) => void response.end('{"id":7}'), /found "\{\\"id\\":7\}"/],
    "an empty id": [(_, response) => void response.end('{"id":""}'), /expected/],
    "a cut connection": [(request) => void request.socket.destroy(), /fetch failed/],
  };
  for (const [name, [answer, expected]] of Object.entries(problems)) {
    test(`is ${name}: an error without the cookie, and asked again the next time`, async (t) => {
      const { asked, whoami } = await askPlone(t, answer);
      const error = await whoami("__ac=secret").catch(String);
      assert.match(String(error), expected);
      assert.doesNotMatch(String(error), /secret/);
      await assert.rejects(whoami("__ac=secret"));
      assert.equal(asked.length, 2);
    });
  }

  test("is one that takes too long", async (t) => {
    const { whoami } = await askPlone(t, () => {}, { timeoutMs: 20 });
    await assert.rejects(whoami("a"), { name: "TimeoutError" });
  });
});

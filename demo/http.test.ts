import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { describe, test } from "node:test";
import { createWebServer, startHttp, stopHttp } from "./http.ts";

describe("an upload", () => {
  test("may take as long as it needs, but its headers may not", () => {
    const { requestTimeout, headersTimeout } = createWebServer();
    assert.deepEqual({ requestTimeout, headersTimeout }, { requestTimeout: 0, headersTimeout: 60_000 });
  });

  test("that has stopped without a word is cut off", async (t) => {
    const server = createWebServer(undefined, 50);
    const { port } = new URL(await startHttp(server, 0, "127.0.0.1"));
    t.after(() => stopHttp(server));
    const browser = connect(Number(port), "127.0.0.1");
    browser.write("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nthe beginning");
    const [request] = await once(server, "request");
    await once(browser, "close");
    assert.equal(request.complete, false);
  });
});

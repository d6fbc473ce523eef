import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { describe, test } from "node:test";
import { GRANTS_PURPOSE, Grants } from "./grants.ts";
import { deriveKey } from "./secret.ts";

const SECRET = "a secret of this test";
const NOW = 1_732_361_000_000;
const HOURS = 60 * 60 * 1000;
const key = deriveKey(SECRET, GRANTS_PURPOSE);
const grants = (now = NOW) => new Grants(key, () => now);
const grant = grants().sign("news", "jane");

describe("a grant", () => {
  test("names a topic, and a time until which it goes", () => {
    assert.deepEqual(grants().verify(grant, "jane"), { topic: "news", expires: NOW + 12 * HOURS });
    assert.deepEqual(grants(NOW + 12 * HOURS - 1).verify(grant, "jane").topic, "news");
    assert.throws(() => grants(NOW + 12 * HOURS).verify(grant, "jane"), /found one that has expired/);
  });

  test("can be made in any language from the secret, as PROTOCOL.md says", () => {
    const derived = createHmac("sha256", SECRET).update("topic").digest();
    const signature = createHmac("sha256", derived).update("news~1732404200~jane").digest("base64url");
    assert.equal(grant, `news~1732404200~${signature}`);
  });

  test("is no other user's, whatever they are called", () => {
    for (const user of ["joe", "", "jane ", "~jane", "JANE"]) {
      assert.throws(() => grants().verify(grant, user), /expected this user's signature/, user);
    }
    const [, expires, signature] = grant.split("~");
    assert.throws(() => grants().verify(`news~1~${signature}`, `${expires}~jane`), /expected/);
  });

  test("of another secret, or of another key of the same, is nothing", () => {
    for (const other of [deriveKey("another secret", GRANTS_PURPOSE), deriveKey(SECRET, "ticket")]) {
      const forged = new Grants(other, () => NOW).sign("news", "jane");
      assert.throws(() => grants().verify(forged, "jane"), /expected this user's signature/);
    }
  });

  test("is nothing once any of its characters is changed", () => {
    for (let at = 0; at < grant.length; at += 1) {
      const forged = grant.slice(0, at) + (grant[at] === "1" ? "2" : "1") + grant.slice(at + 1);
      assert.throws(() => grants().verify(forged, "jane"), /expected/, forged);
    }
  });

  for (const text of ["", "news", "news~~", `${grant}~`, `${grant}\n`, `a b${grant}`, "x".repeat(100_000)]) {
    test(`is not ${JSON.stringify(text.slice(0, 70))}`, () => {
      assert.throws(() => grants().verify(text, "jane"), /expected/);
    });
  }
});

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { deriveKey } from "../../secret.ts";
import { Authenticators } from "./authenticator.ts";

const key = deriveKey("a secret of this test", "authenticator");
const HOUR = 60 * 60 * 1000;

describe("an authenticator", () => {
  test("is good for its user only", () => {
    const authenticators = new Authenticators(key);
    const token = authenticators.token("jane");
    assert.equal(authenticators.verify("jane", token), true);
    assert.equal(authenticators.verify("joe", token), false);
  });

  test("lasts two hours at least and four at most", () => {
    let now = 0;
    const authenticators = new Authenticators(key, () => now);
    for (const made of [0, HOUR, 2 * HOUR - 1]) {
      now = made;
      const token = authenticators.token("jane");
      now = made + 2 * HOUR;
      assert.equal(authenticators.verify("jane", token), true);
      now = made + 4 * HOUR;
      assert.equal(authenticators.verify("jane", token), false);
    }
  });

  test("that is missing, cut, doubled or of another secret is refused", () => {
    const authenticators = new Authenticators(key);
    const token = authenticators.token("jane");
    const foreign = new Authenticators(deriveKey("another secret", "authenticator")).token("jane");
    for (const wrong of [undefined, "", token.slice(1), token.toUpperCase(), [token, token], { token }, foreign]) {
      assert.equal(authenticators.verify("jane", wrong), false, JSON.stringify(wrong));
    }
  });
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { Sessions } from "./sessions.ts";

test("a session is one user's until the last hold on it is released", () => {
  const sessions = new Sessions();
  const request = sessions.claim("s", "jane");
  const connection = sessions.claim("s", "jane");
  assert.ok(request !== null && connection !== null);
  assert.equal(connection.outlet, request.outlet);
  assert.equal(sessions.claim("s", "joe"), null);
  request.release();
  request.release();
  assert.equal(sessions.claim("s", "joe"), null, "releasing twice is releasing once");
  connection.release();
  assert.equal(sessions.size, 0);
  assert.ok(sessions.claim("s", "joe"));
});

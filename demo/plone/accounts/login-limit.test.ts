import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { LoginLimit } from "./login-limit.ts";

const MINUTE = 60_000;

function limited() {
  let now = 0;
  const log: string[] = [];
  const limit = new LoginLimit({ log: (line) => log.push(line), now: () => now });
  /** @returns the seconds to wait instead, when the attempt was held back. */
  const guess = (name = "jane", address = "10.0.0.1") => {
    const seconds = limit.wait(name, address);
    if (seconds === 0) limit.failed(name, address);
    return seconds;
  };
  const pass = (milliseconds: number) => {
    now += milliseconds;
  };
  return { limit, log, guess, pass };
}

describe("wrong passwords", () => {
  test("are free a few times, and then each has to wait longer, up to a minute", () => {
    const { guess, pass } = limited();
    assert.deepEqual(
      Array.from({ length: 6 }, () => guess()),
      [0, 0, 0, 0, 0, 1],
    );
    const waits = [];
    for (let n = 0; n < 8; n += 1) {
      const seconds = guess();
      waits.push(seconds);
      pass(seconds * 1000);
      assert.equal(guess(), 0);
    }
    assert.deepEqual(waits, [1, 2, 4, 8, 16, 32, 60, 60]);
  });

  test("1,900 a second for an hour are less than a hundred, and a line in the log a minute", () => {
    const { guess, pass, log } = limited();
    let guesses = 0;
    for (let second = 0; second < 3600; second += 1) {
      for (let n = 0; n < 1900; n += 1) if (guess("jane\nforged line") === 0) guesses += 1;
      pass(1000);
    }
    assert.ok(guesses < 100, `${guesses}`);
    assert.ok(log.length > 0 && log.length <= 60, `${log.length}`);
    assert.match(
      log[1] ?? "",
      /^login: \d+ wrong passwords, \d{5,} attempts held back; the last by \["jane\\nforged line","10.0.0.1"\]$/,
    );
  });

  test("of one user hold up nobody else, nor this one elsewhere", () => {
    const { limit, guess } = limited();
    for (let n = 0; n < 100; n += 1) guess();
    assert.ok(limit.wait("jane", "10.0.0.1") > 0);
    assert.equal(limit.wait("joe", "10.0.0.1"), 0);
    assert.equal(limit.wait("jane", "10.0.0.2"), 0);
  });

  test("are forgotten after a right one, and after a while", () => {
    const { limit, guess, pass } = limited();
    for (let n = 0; n < 4; n += 1) guess();
    limit.succeeded("jane", "10.0.0.1");
    for (let n = 0; n < 5; n += 1) assert.equal(guess(), 0);
    assert.equal(guess(), 1);
    pass(16 * MINUTE);
    for (let n = 0; n < 5; n += 1) assert.equal(guess(), 0);
  });

  test("of ever new names take no memory for ever", () => {
    const { guess } = limited();
    for (let n = 0; n < 50_000; n += 1) guess(`${n}`.padEnd(10_000, "x"));
    assert.equal(guess("0".padEnd(10_000, "x")), 0);
  });
});

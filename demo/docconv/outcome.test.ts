import assert from "node:assert/strict";
import { test } from "node:test";
import { ConversionError } from "./errors.ts";
import { failed, parseOutcome } from "./outcome.ts";

test("a conversion arrives as it was sent", () => {
  const image = Buffer.from("image");
  const page = { text: "one", small: image, normal: image, large: image, width: 640, height: 480 };
  const outcome = { ok: true, conversion: { kind: "pdf", pages: [page], pageCount: 1 } };
  assert.deepEqual(parseOutcome(outcome), outcome);
});

test("an expected failure keeps its reason, its sentence and its cause", () => {
  const error = new ConversionError("broken", "It is damaged.", { cause: new Error("no trailer") });
  assert.deepEqual(parseOutcome(failed(error)), {
    ok: false,
    reason: "broken",
    message: "It is damaged.",
    cause: "Error: no trailer",
  });
});

test("an unexpected failure is a crash", () => {
  const outcome = failed(new RangeError("out of memory"));
  assert.ok(!outcome.ok);
  assert.equal(outcome.reason, "crashed");
  assert.match(outcome.cause, /out of memory/);
});

test("anything else is refused, with what was expected and found", () => {
  const refused: readonly [unknown, RegExp][] = [
    ["done", /^TypeError: outcome: expected an object, found string$/],
    [{ ok: true }, /^TypeError: conversion: expected an object, found undefined$/],
    [
      { ok: false, reason: "bored", message: "", cause: "" },
      /^TypeError: reason: expected one of empty, .*, found bored$/,
    ],
    [
      { ok: true, conversion: { kind: "pdf", pages: [{ text: 1 }] } },
      /^TypeError: text: expected a string, found number$/,
    ],
  ];
  for (const [value, expected] of refused) assert.throws(() => parseOutcome(value), expected);
});

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { safeCameFrom } from "./came-from.ts";

describe("after login", () => {
  for (const path of ["/workspace", "/workspace/4f2a?page=2#top", "/"]) {
    test(`one goes to ${path}`, () => assert.equal(safeCameFrom(path), path));
  }

  const elsewhere = [
    "https://evil.example/",
    "//evil.example/",
    "///evil.example/",
    "/\\evil.example/",
    "/\t/evil.example/",
    "/\n\\evil.example/",
    "/.//evil.example/",
    "/x/..//evil.example/",
    "javascript:alert(1)",
    "workspace",
    "",
    undefined,
    ["/workspace", "//evil.example/"],
  ];
  for (const path of elsewhere) {
    test(`one does not go to ${JSON.stringify(path)}`, () => assert.equal(safeCameFrom(path), "/workspace"));
  }
});

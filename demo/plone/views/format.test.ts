import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fileSize, timeAgo } from "./format.ts";

describe("sizes and times", () => {
  test("sizes read as people write them", () => {
    const sizes = [0, 1, 999, 1024, 25_000, 1_047_000, 52_428_800, 5 * 1024 ** 3, 3 * 1024 ** 4];
    const words = ["0 bytes", "1 byte", "999 bytes", "1 KB", "24 KB", "1 MB", "50 MB", "5 GB", "3072 GB"];
    assert.deepEqual(sizes.map(fileSize), words);
  });

  test("times read relative to now; the future, from a clock that was put back, is now", () => {
    const now = 1_732_361_000_000;
    const seconds = [-5, 0, 59, 60, 3599, 3600, 86_399, 86_400, 10 * 86_400];
    assert.deepEqual(
      seconds.map((ago) => timeAgo(now - ago * 1000, now)),
      ["just now", "just now", "just now", "1 minute ago", "59 minutes ago"].concat([
        "1 hour ago",
        "23 hours ago",
        "yesterday",
        "10 days ago",
      ]),
    );
  });
});

import assert from "node:assert/strict";
import { resolve } from "node:path";
import { describe, test } from "node:test";
import { readConfig } from "./config.ts";

describe("the configuration", () => {
  test("has a default for everything", () => {
    assert.deepEqual(readConfig({}), {
      port: 8080,
      host: "127.0.0.1",
      dataDir: resolve("var"),
      secret: undefined,
      maxUploadBytes: 52_428_800,
    });
  });

  test("is read from the environment, where empty means not set", () => {
    const config = readConfig({ PORT: "0", HOST: " ", DATA_DIR: "/data", SECRET: "s".repeat(16), MAX_UPLOAD: "1000" });
    assert.deepEqual(config, {
      port: 0,
      host: "127.0.0.1",
      dataDir: "/data",
      secret: "s".repeat(16),
      maxUploadBytes: 1000,
    });
  });

  const wrong = [
    [{ PORT: "http" }, "PORT: expected a whole number from 0 to 65535, found http"],
    [{ PORT: "65536" }, "PORT: expected a whole number from 0 to 65535, found 65536"],
    [{ PORT: "-1" }, "PORT: expected a whole number from 0 to 65535, found -1"],
    [{ MAX_UPLOAD: "5 MB" }, "MAX_UPLOAD: expected a whole number from 1 to 9007199254740991, found 5 MB"],
    [{ SECRET: "short" }, "SECRET: expected at least 16 characters, found 5"],
    [{ ALWAYS_EAGER: "maybe" }, "ALWAYS_EAGER: expected true, found maybe"],
    [
      { ALWAYS_EAGER: "false" },
      "ALWAYS_EAGER: expected true, found false (the stack of separate processes over Redis is not there yet)",
    ],
  ] as const;
  for (const [environment, message] of wrong) {
    test(`refuses ${JSON.stringify(environment)} and says why`, () => {
      assert.throws(() => readConfig(environment), { message });
    });
  }
});

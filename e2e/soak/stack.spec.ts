/** The stack of separate processes while they die. */
import { image } from "../../demo/docconv/samples.ts";
import { Visitor } from "../../demo/plone/test-support/visitor.ts";
import { withoutRedisServer } from "../../demo/test-support/redis.ts";
import { shownDocuments } from "../support/shown-documents.ts";
import type { Role } from "../support/stack.ts";
import { expect, test } from "../support/stack-people.ts";

test.skip(withoutRedisServer !== false, withoutRedisServer || "");

/** Each time in the middle of two uploads. */
const KILLED: readonly (readonly Role[])[] = [
  ["worker"],
  ["plone-worker"],
  ["push", "worker"],
  ["plone", "plone-worker"],
];

test("every process killed during uploads: each document ends, in open pages, once", async ({
  logIn,
  stack,
  allow,
}) => {
  // While a process is away its requests fail; the pages come back by themselves.
  allow(/.*/);
  const [jane, joe] = [await logIn("jane"), await logIn("joe")];
  const visitor = new Visitor(stack.url);
  await visitor.logIn("jane");
  const authenticator = await visitor.authenticator();
  const content = new Uint8Array(await image("png"));
  let number = 0;
  for (const roles of KILLED) {
    for (let n = 0; n < 2; n += 1) {
      number += 1;
      const { status } = await visitor.upload({ name: `${number}.png`, content }, { authenticator });
      expect(status).toBe(303);
    }
    await Promise.all(roles.map((role) => stack.kill(role)));
  }
  for (const page of [jane, joe]) {
    await expect
      .poll(
        async () => {
          const { listed, waiting } = await shownDocuments(page);
          return { listed: listed.length, waiting: waiting.length };
        },
        { timeout: 120_000 },
      )
      .toEqual({ listed: 8, waiting: 0 });
    const { listed, previews, reasons } = await shownDocuments(page);
    expect(new Set(listed).size, "none is shown twice").toBe(8);
    expect([...previews, ...reasons].sort()).toEqual([...listed].sort());
  }
});

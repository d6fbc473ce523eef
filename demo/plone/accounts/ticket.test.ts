import assert from "node:assert/strict";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { deriveKey } from "../../secret.ts";
import { RevokedTickets } from "./revoked-tickets.ts";
import { TICKET_LIFETIME_SECONDS, Tickets } from "./ticket.ts";

const key = deriveKey("a secret of this test", "ticket");

describe("a ticket", () => {
  test("says whose it is", () => {
    const tickets = new Tickets(key);
    assert.equal(tickets.verify(tickets.issue("jane"))?.userId, "jane");
  });

  test("is laid out as plone.session's: digest, time in eight hex digits, user id and an exclamation mark, data", () => {
    const issued = new Tickets(key, () => 0x65_00_00_00 * 1000).issue("jane");
    assert.match(Buffer.from(issued, "base64").subarray(32).toString(), /^65000000jane![0-9a-f]{16}$/);
  });

  test("ends after two hours, to the second", () => {
    let now = 1_732_361_000_000;
    const tickets = new Tickets(key, () => now);
    const ticket = tickets.issue("jane");
    now += (TICKET_LIFETIME_SECONDS - 1) * 1000;
    assert.equal(tickets.verify(ticket)?.userId, "jane");
    now += 1000;
    assert.equal(tickets.verify(ticket), undefined);
  });

  test("from the future is invalid", () => {
    const ticket = new Tickets(key, () => Date.now() + 60_000).issue("jane");
    assert.equal(new Tickets(key).verify(ticket), undefined);
  });

  test("of another secret, or another purpose of the same secret, is invalid", () => {
    for (const other of [deriveKey("another secret", "ticket"), deriveKey("a secret of this test", "authenticator")]) {
      assert.equal(new Tickets(key).verify(new Tickets(other).issue("jane")), undefined);
    }
  });

  test("is invalid once any of its bytes is changed", () => {
    const tickets = new Tickets(key);
    const bytes = Buffer.from(tickets.issue("jane"), "base64");
    for (const index of bytes.keys()) {
      const forged = Buffer.from(bytes);
      forged[index] = (forged[index] ?? 0) ^ 1;
      assert.equal(tickets.verify(forged.toString("base64")), undefined, `byte ${index}`);
    }
  });

  test("that is garbage is invalid", () => {
    const tickets = new Tickets(key);
    const digest = "A".repeat(43);
    for (const text of ["", "jane", "%%%", digest, `${digest}=jane!`, Buffer.alloc(41, 33).toString("base64")]) {
      assert.equal(tickets.verify(text), undefined, text);
    }
  });

  test("is unlike any other, even of the same user in the same second", () => {
    const tickets = new Tickets(key, () => 1_732_361_000_000);
    assert.notEqual(tickets.issue("jane"), tickets.issue("jane"));
  });
});

describe("a revoked ticket", () => {
  test("is known in every spelling, after a restart too, and no other is", async (t) => {
    const dataDir = await mkdtemp(join(tmpdir(), "tickets-"));
    t.after(() => rm(dataDir, { recursive: true }));
    const tickets = new Tickets(key);
    const revoked = await RevokedTickets.open(dataDir);
    const [first, second] = [tickets.issue("jane"), tickets.issue("jane")];
    const ticket = tickets.verify(first);
    assert.ok(ticket);
    await revoked.add(ticket);

    const respelled = tickets.verify(`  ${first.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "")}`);
    const other = tickets.verify(second);
    assert.ok(respelled && other);
    for (const list of [revoked, await RevokedTickets.open(dataDir)]) {
      assert.equal(list.has(respelled), true);
      assert.equal(list.has(other), false);
    }
  });

  test("is kept until it expires, and no longer", async (t) => {
    const dataDir = await mkdtemp(join(tmpdir(), "tickets-"));
    t.after(() => rm(dataDir, { recursive: true }));
    const revoked = await RevokedTickets.open(dataDir);
    const now = Math.floor(Date.now() / 1000);
    await revoked.add({ userId: "jane", id: "a1", expires: now + 60 });
    await revoked.add({ userId: "jane", id: "b2", expires: now - 1 });
    assert.deepEqual(await readdir(join(dataDir, "revoked-tickets")), [`${now + 60}-a1`]);
  });
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import type { Audience, Bus } from "../../bus/bus.ts";
import { createMemoryBus } from "../../bus/memory.ts";
import { startSite } from "../test-support/site.ts";

class BusThatGoesAway implements Bus {
  isAway = false;
  readonly #memory = createMemoryBus();

  async publish(...[audience, message]: Parameters<Bus["publish"]>) {
    this.#expectHere();
    return this.#memory.publish(audience, message);
  }

  async position(audience: Audience) {
    this.#expectHere();
    return this.#memory.position(audience);
  }

  read(audience: Audience, after: string) {
    return this.#memory.read(audience, after);
  }

  listen(audience: Audience, wake: () => void) {
    return this.#memory.listen(audience, wake);
  }

  close() {
    return this.#memory.close();
  }

  #expectHere(): void {
    if (this.isAway) throw new Error("the bus is away");
  }
}

test("while the bus is away pages come without a position, uploads are stored and queued, and everybody is told when it is back", async (t) => {
  const bus = new BusThatGoesAway();
  const { logIn, nextTask, log, messages } = await startSite(t, { bus });
  const jane = await logIn("jane");
  assert.match(
    await jane.read("/workspace"),
    /data-pat-inject-async="url: \/push; position: \d+-\d+; topics: \S+@\d+-\d+; batch/,
  );
  bus.isAway = true;
  assert.match(await jane.read("/workspace"), /data-pat-inject-async="url: \/push; topics: [^@\s]+; batch/);
  assert.equal((await jane.upload({ name: "a.pdf", content: "hello" })).status, 303);
  assert.match((await nextTask()).url, /@@generate-previews$/);
  assert.match(await jane.read("/workspace"), /a\.pdf/);
  assert.equal(
    (await jane.post("/@@mark-read", { _authenticator: await jane.authenticator(), until: "1" })).status,
    303,
  );
  assert.match(log.join("\n"), /a page without a position: the bus is away/);
  assert.match(log.join("\n"), /after a response: the bus is away/);
  bus.isAway = false;
  while (!JSON.stringify(await messages("everybody")).includes("@@row")) await turn();
});

test("a conversion whose end could not be told is told when the bus is back, although its task is lost", async (t) => {
  const bus = new BusThatGoesAway();
  const converter = {
    async *convert() {
      bus.isAway = true;
      yield { type: "end", outcome: { state: "failed", reason: "broken", words: "Broken.", again: false } } as const;
    },
  };
  const { logIn, nextTask, perform, content, messages } = await startSite(t, { bus, converter });
  await (await logIn("jane")).upload({ name: "a.pdf", content: "hello" });
  assert.equal((await perform(await nextTask())).status, 500);
  assert.equal((await content.list())[0]?.state.name, "failed");
  const before = (await messages("everybody")).length;
  bus.isAway = false;
  while (!JSON.stringify((await messages("everybody")).slice(before)).includes("@@preview-snippet")) await turn();
});

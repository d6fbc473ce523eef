import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { test } from "node:test";
import { Outlet, type Sink } from "./outlet.ts";

class FakeSink extends EventEmitter implements Sink {
  writableEnded = false;
  writableNeedDrain = false;
  destroyed = false;
}

function outletWith(sink: FakeSink) {
  const outlet = new Outlet();
  let woken = 0;
  outlet.listen({
    wake: () => {
      woken += 1;
    },
  });
  outlet.attach(sink);
  return { outlet, woken: () => woken };
}

test("there is room while the browser reads, and again when it has caught up", () => {
  const sink = new FakeSink();
  const { outlet, woken } = outletWith(sink);
  outlet.count("x".repeat(1_000_000));
  assert.ok(outlet.ready, "what went out on the open request is not kept");
  sink.writableNeedDrain = true;
  assert.equal(outlet.ready, false);
  const before = woken();
  sink.emit("drain");
  assert.equal(woken(), before + 1);
});

for (const end of ["writableEnded", "destroyed"] as const) {
  test(`between two requests there is room for so much, and again at the next one (${end})`, () => {
    const sink = new FakeSink();
    const { outlet, woken } = outletWith(sink);
    sink[end] = true;
    outlet.count("x".repeat(64 * 1024 - 1));
    assert.ok(outlet.ready);
    outlet.count("x");
    assert.equal(outlet.ready, false);
    const before = woken();
    outlet.attach(new FakeSink());
    assert.ok(outlet.ready);
    assert.equal(woken(), before + 1);
  });
}

test("a second request beside an open one changes nothing", () => {
  const sink = new FakeSink();
  const { outlet } = outletWith(sink);
  sink.writableNeedDrain = true;
  outlet.attach(new FakeSink());
  assert.equal(outlet.ready, false);
});

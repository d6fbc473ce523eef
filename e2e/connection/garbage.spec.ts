/** Servers that talk nonsense, too much, or not at all: the page stays sound, and a good message still arrives. */
import { drainEvents, expect, test } from "../support/fixture.ts";
import { GARBAGE } from "../support/garbage.ts";
import { expectState, FALLBACK, item, items, opened } from "../support/opened.ts";
import { blockAllBut, TRANSPORTS } from "../support/transports.ts";

const LIST = '<ul id="list"></ul>';

for (const transport of TRANSPORTS) {
  test(`garbage over ${transport} is rejected with one event each, and what follows is applied`, async ({
    page,
    push,
    allow,
  }) => {
    allow(FALLBACK);
    blockAllBut(push, transport);
    const socket = await opened(page, push, { body: LIST });
    for (const text of GARBAGE) socket.sendRaw(text);
    push.broadcast(item("good"));
    await expect(items(page)).toHaveText(["good"]);
    const events = await drainEvents(page);
    const rejections = events.flatMap((event) => (event.type === "pat-inject-async-rejected" ? [event.detail] : []));
    expect(rejections).toHaveLength(GARBAGE.length);
    for (const { message, expected, found } of rejections) {
      expect(message).toEqual(expect.any(String));
      expect(expected).not.toBe("");
      expect(String(found).length).toBeLessThan(200);
    }
    await expectState(page, "open");
    expect(push.sockets).toEqual([socket]);
    expect(socket.transport).toBe(transport);
  });
}

test("frames that are none of SockJS's do no harm", async ({ page, push }) => {
  const socket = await opened(page, push, { body: LIST });
  for (const frame of ["x", "a", "a[", 'a{"0":1}', "a[1,null,{}]", "m", "m{", "h", "hhh", "o", "o", "[]", "\u0000"]) {
    socket.sendFrame(frame);
  }
  push.broadcast(item("good"));
  await expect(items(page)).toHaveText(["good"]);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { comparePositions, isPosition, MAX_MESSAGE_LENGTH, ProtocolError, parse, parseResume } from "./protocol.ts";

const ID = "1732361000000-0";

test("a message is an inject message unless its type says otherwise", () => {
  assert.deepEqual(parse('{"url":"/doc/1/@@snippet"}'), { type: "inject", url: "/doc/1/@@snippet" });
});

test("a bare JSON string is the URL of a snippet", () => {
  assert.deepEqual(parse('"/doc/1/@@snippet"'), { type: "inject", url: "/doc/1/@@snippet" });
});

test("an inject message keeps id, url and argument", () => {
  const message = { type: "inject", id: ID, url: "/doc/1", inject: "source: #a; target: #b" };
  assert.deepEqual(parse(JSON.stringify(message)), message);
});

test("a snippet may come inside the message", () => {
  assert.deepEqual(parse('{"type":"inject","html":"<p id=a>1</p>"}'), { type: "inject", html: "<p id=a>1</p>" });
});

test("push and welcome messages are told apart by their type", () => {
  assert.deepEqual(parse('{"type":"push","marker":"message_counter"}'), { type: "push", marker: "message_counter" });
  assert.deepEqual(parse(`{"type":"welcome","position":"${ID}","recovered":false}`), {
    type: "welcome",
    position: ID,
    recovered: false,
  });
});

test("null is as good as nothing: some serialisers write every property", () => {
  assert.deepEqual(parse('{"type":null,"id":null,"url":null,"html":"<p>","inject":null}'), {
    type: "inject",
    html: "<p>",
  });
});

test("unknown properties are left for later versions of the protocol", () => {
  assert.deepEqual(parse('{"url":"/a","colour":"blue"}'), { type: "inject", url: "/a" });
});

const wrong: readonly [what: string, text: unknown, property: string][] = [
  ["something that is no text", { url: "/a" }, "message"],
  ["malformed JSON", "{", "message"],
  ["an empty text", "", "message"],
  ["a number", "1", "message"],
  ["null", "null", "message"],
  ["an array", '["/a"]', "message"],
  ["an empty URL", '""', "message"],
  ["an unknown type", '{"type":"reload"}', "type"],
  ["a type that is no string", '{"type":1,"url":"/a"}', "type"],
  ["neither url nor html", '{"type":"inject"}', "message"],
  ["both url and html", '{"url":"/a","html":"<p>"}', "message"],
  ["a url that is no string", '{"url":{}}', "url"],
  ["html that is no string", '{"html":1}', "html"],
  ["an inject argument that is no string", '{"url":"/a","inject":["#a"]}', "inject"],
  ["an id that is no position", '{"url":"/a","id":"7"}', "id"],
  ["an id that is a number", '{"url":"/a","id":7}', "id"],
  ["a push without marker", '{"type":"push"}', "marker"],
  ["a welcome without position", '{"type":"welcome","recovered":true}', "position"],
  ["a welcome that does not say whether it recovered", `{"type":"welcome","position":"${ID}"}`, "recovered"],
  ["a url that is nested deeper than JSON can be written", `{"id":"5-0","url":${nested(100_000)}}`, "url"],
  ["an array that is nested deeper than JSON can be written", nested(100_000), "message"],
  ["a message that is too long", JSON.stringify({ html: "x".repeat(MAX_MESSAGE_LENGTH) }), "message"],
];

function nested(levels: number): string {
  return "[".repeat(levels) + "]".repeat(levels);
}

for (const [what, text, property] of wrong) {
  test(`${what} is refused, and the error says what was expected and found`, () => {
    assert.throws(
      () => parse(text),
      (error) => {
        assert.ok(error instanceof ProtocolError);
        assert.equal(error.property, property);
        assert.match(error.message, /^\w+: expected .+, found .+/);
        assert.ok(error.message.length < 300, "a long message is not repeated in full");
        return true;
      },
    );
  });
}

test("a browser resumes from a position, from none, or from nonsense that only the stream can judge", () => {
  assert.deepEqual(parseResume(`{"type":"resume","position":"${ID}"}`), { type: "resume", position: ID });
  assert.deepEqual(parseResume('{"type":"resume","position":null}'), { type: "resume", position: null });
  assert.deepEqual(parseResume('{"type":"resume","position":"yesterday"}'), { type: "resume", position: "yesterday" });
  assert.throws(() => parseResume('{"type":"resume"}'), ProtocolError);
  assert.throws(() => parseResume('{"type":"subscribe","position":null}'), ProtocolError);
});

test("positions are ordered by time, then by sequence, as numbers and not as text", () => {
  assert.ok(comparePositions("9-0", "10-0") < 0);
  assert.ok(comparePositions("10-2", "10-10") < 0);
  assert.ok(comparePositions("11-0", "10-99") > 0);
  assert.equal(comparePositions("10-1", "10-1"), 0);
  assert.equal(comparePositions("010-1", "10-01"), 0);
});

test("positions beyond what a number holds exactly are still told apart", () => {
  assert.ok(comparePositions("18446744073709551614-0", "18446744073709551615-0") < 0);
});

test("a position is two runs of digits", () => {
  assert.ok(isPosition("0-0"));
  for (const text of ["", "1", "1-", "-1", "1-2-3", "a-1", "1-0 ", "9".repeat(21)]) assert.ok(!isPosition(text), text);
});

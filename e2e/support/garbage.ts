/** Texts that a server may send and that are not messages of the protocol. */

const DEEP = 10_000;
/** JSON that is well-formed and deeper than some can write it: Chromium only where properties are called like indices. */
const NESTED = ["[".repeat(DEEP) + "]".repeat(DEEP), `${'{"0":'.repeat(DEEP)}1${"}".repeat(DEEP)}`];

/** Each is rejected, whatever it comes after. */
export const GARBAGE: readonly string[] = [
  "",
  "not json",
  "{",
  "null",
  "true",
  "42",
  "[]",
  '["/doc/1"]',
  '""',
  '"   "',
  "{}",
  '{"type":"inject"}',
  '{"type":"nonsense","url":"/doc/1"}',
  '{"type":5}',
  '{"url":5}',
  '{"url":""}',
  '{"url":"/doc/1","html":"<p>both</p>"}',
  '{"html":{}}',
  '{"html":"<p></p>","inject":5}',
  '{"html":"<p></p>","inject":""}',
  '{"html":"<p></p>","inject":"target: ["}',
  '{"html":"<p></p>","id":"one"}',
  '{"html":"<p></p>","id":17}',
  '{"type":"push"}',
  '{"type":"push","marker":""}',
  '{"type":"welcome"}',
  '{"type":"welcome","position":"1-1","recovered":"yes"}',
  '{"type":"welcome","position":"","recovered":true}',
  "[".repeat(100_000),
  ...NESTED,
  ...NESTED.map((value) => `{"id":"5-0","url":${value}}`),
  `{"html":"${"x".repeat(1024 * 1024)}"}`,
  `{"html":"<p></p>","id":"${"1".repeat(500_000)}-0"}`,
];

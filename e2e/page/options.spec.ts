/** Options as Patternslib reads them: notations, inheritance, and one clear line for those that are invalid. */
import { addElements } from "../support/elements.ts";
import { test as base, expect, hostReady, libraryPage, nextEvent } from "../support/fixture.ts";
import type { LibraryPageOptions } from "../support/library-page.ts";
import { type PushServer, startPushServer } from "../support/push-server.ts";

interface OptionsPage {
  /** Loads a page with the library, waits for the host. */
  readonly open: (options: LibraryPageOptions) => Promise<void>;
  /** An endpoint at another origin: who connects to it has read its options. */
  readonly other: PushServer;
  /** The lines in the browser's log, except errors, which fail every test, and what is for debugging. */
  readonly log: readonly string[];
}

const test = base.extend<OptionsPage>({
  open: async ({ page, push }, use) => {
    await use(async (options) => {
      await page.goto(push.page("/", libraryPage(options)));
      await hostReady(page);
    });
  },
  other: async ({ page }, use) => {
    const other = await startPushServer();
    await use(other);
    await page.close();
    await other.close();
  },
  log: async ({ page }, use) => {
    const log: string[] = [];
    page.on("console", (line) => !["error", "debug"].includes(line.type()) && log.push(line.text()));
    await use(log);
  },
});

const PLAIN = '<p class="pat-inject-async" id="a"></p>';
const attribute = (options: string) => `data-pat-inject-async="${options.replaceAll('"', "&quot;")}"`;

test("options on a body that is no pattern are inherited, in either notation", async ({
  page,
  push,
  open,
  other,
  log,
}) => {
  for (const [name, options] of [
    [
      "in Patternslib's notation",
      (url: string, allow: string) => `url: ${url}; concurrency: 2; timeout: 5000; retries: 0; allow: ${allow}`,
    ],
    [
      "as JSON, like plone.patternoptions",
      (url: string, allow: string) => JSON.stringify({ url, concurrency: 2, timeout: 5000, retries: 0, allow }),
    ],
  ] as const) {
    await test.step(name, async () => {
      await open({ bodyAttributes: attribute(options(`${other.url}/push`, other.url)), body: PLAIN });
      await other.nextSocket();
      await expect(page.locator("#a")).toHaveAttribute("data-inject-async-state", "open");
      const read = await page.evaluate(() => document.querySelector("#a")?.["pattern-inject-async"]?.options);
      expect(read).toMatchObject({ concurrency: 2, timeout: 5000, retries: 0 });
      expect(push.requestsFor("/push/info")).toEqual([]);
      expect(log).toEqual([]);
    });
  }
});

test("an element's own options go before those it inherits", async ({ push, open, other }) => {
  const own = `<p class="pat-inject-async" ${attribute(`url: ${other.url}/push`)}></p>`;
  await open({
    bodyAttributes: attribute(`url: /nowhere; allow: ${other.url}`),
    body: `<section ${attribute("url: /neither")}>${own}</section>`,
  });
  await other.nextSocket();
  expect(push.requests.filter(({ path }) => path.endsWith("/info"))).toEqual([]);
});

test("an endpoint is relative to the page's base, and /push when nothing is said", async ({ page, push, open }) => {
  await open({ bodyAttributes: "", body: PLAIN });
  expect((await push.nextSocket()).isOpen).toBe(true);
  const url = await page.evaluate(() => document.querySelector("#a")?.["pattern-inject-async"]?.options?.url);
  expect(url).toBe(`${push.url}/push`);
});

test("an endpoint of another origin is refused unless the page allows it, and never asked", async ({
  page,
  push,
  open,
  other,
  log,
}) => {
  const { port } = new URL(other.url);
  const IN_CONTENT = [
    `url: ${other.url}/push`,
    `url: //127.0.0.1:${port}/push`,
    `url: ${other.url}/push; allow: ${other.url}`,
    `allow: ${other.url} ${push.url}; url: ${other.url}/push/`,
    JSON.stringify({ url: `${other.url}/push`, allow: other.url }),
    "url: http://evil.example/push",
    `url: ${push.url.replace("http:", "https:")}/push`,
    `url: http://localhost:${new URL(push.url).port}/push`,
  ];
  await open({ bodyAttributes: attribute("allow: http://static.example"), body: PLAIN });
  const socket = await push.nextSocket();
  for (const [index, options] of IN_CONTENT.entries()) {
    await test.step(options, async () => {
      await addElements(page, `<p class="pat-inject-async" ${attribute(options)}></p>`);
      await expect.poll(() => log.length).toBe(index + 1);
      expect(log.at(-1)).toMatch(
        /not initialised, url: expected this site's origin, or one listed in allow on <body>, found /,
      );
    });
  }
  await test.step("inherited from an element in the content", async () => {
    const section = `<section ${attribute(`url: ${other.url}/push; allow: ${other.url}`)}>`;
    await addElements(page, `${section}<p class="pat-inject-async"></p></section>`);
    await expect.poll(() => log.length).toBe(IN_CONTENT.length + 1);
  });
  socket.send({ html: "goes on", inject: "target: #a" });
  await expect(page.locator("#a")).toHaveText("goes on");
  expect(other.requests).toEqual([]);
});

test("an endpoint of another origin that the page allows is connected to", async ({ push, open, other, log }) => {
  for (const [where, options] of [
    ["the body", (url: string) => ({ bodyAttributes: attribute(`allow: ${url}`) })],
    [
      "the registry, which Plone writes on the body",
      (url: string) => ({ bodyAttributes: attribute(`{"allow": "${url}"}`) }),
    ],
    [
      "html",
      (url: string) => ({
        bodyAttributes: "",
        head: `<script>document.documentElement.dataset.patInjectAsync = "allow: ${url}"</script>`,
      }),
    ],
  ] as const) {
    await test.step(where, async () => {
      const body = `<p class="pat-inject-async" ${attribute(`url: ${other.url}/push`)}></p>`;
      await open({ ...options(other.url), body });
      await other.nextSocket();
      expect(log).toEqual([]);
      expect(push.requestsFor("/push/info")).toEqual([]);
    });
  }
});

test("what an element in the content allows is not fetched from either", async ({ page, push, open, other }) => {
  other.snippet("/doc/1", { headers: { "Access-Control-Allow-Origin": push.url }, body: "<p>foreign</p>" });
  await open({
    bodyAttributes: "",
    body: `<p id="a" class="pat-inject-async" ${attribute(`allow: ${other.url}`)}></p>`,
  });
  const socket = await push.nextSocket();
  socket.send({ url: `${other.url}/doc/1`, inject: "target: #a" });
  const { detail } = await nextEvent(page, "pat-inject-async-rejected");
  expect(detail["expected"]).toBe(`url: a URL of ${push.url}`);
  expect(other.requests).toEqual([]);
});

test("what an element waits for is not inherited by what is inside it", async ({ page, push, open }) => {
  push.snippet("/doc/1", "").hold();
  const outer = `<div class="pat-inject-async" id="outer" ${attribute("pending: /doc/1")}>${PLAIN}</div>`;
  await open({ bodyAttributes: "", body: outer });
  await push.nextSocket();
  await expect(page.locator("#outer")).toHaveAttribute("aria-busy", "true");
  await expect(page.locator("#a")).not.toHaveAttribute("aria-busy");
});

test("the first element's options are its endpoint's, and one that says otherwise is told", async ({
  page,
  push,
  open,
  log,
}) => {
  await open({ bodyAttributes: "", body: `<section ${attribute("timeout: 20000; retries: 0")}>${PLAIN}</section>` });
  const socket = await push.nextSocket();
  // What says nothing contradicts nothing, and what is said twice is told once.
  const options = attribute("timeout: 5000; batch: /batch");
  await addElements(page, '<p class="pat-inject-async"></p>');
  for (const _ of [1, 2]) await addElements(page, `<p class="pat-inject-async" ${options}></p>`);
  socket.send({ html: "goes on", inject: "target: #a" });
  await push.settled(page);
  await expect(page.locator("#a")).toHaveText("goes on");
  expect(log).toEqual([
    `pat-inject-async: timeout: 5000 is not used, for the first element of ${push.url}/push says 20000`,
    `pat-inject-async: batch: ${push.url}/batch is not used, for the first element of ${push.url}/push says none`,
  ]);
  expect(push.sockets).toHaveLength(1);
});

test("an invalid number, position or selector: the default is used, and a line says so, once for all who inherit it", async ({
  page,
  push,
  open,
  log,
}) => {
  const options = "concurrency: 0; retries: -1; position: yesterday; keep: p[; allow: *";
  await open({ bodyAttributes: attribute(options), body: PLAIN + PLAIN.replace('"a"', '"c"') });
  const socket = await push.nextSocket();
  expect(await socket.nextMessage()).toEqual({ type: "resume", position: null });
  socket.send({ html: "<b>new</b>", inject: "target: #a" });
  await push.settled(page);
  await expect(page.locator("#a")).toHaveText("new");
  const read = await page.evaluate(() => document.querySelector("#a")?.["pattern-inject-async"]?.options);
  expect(read).toMatchObject({ concurrency: 100, retries: 3, allow: [] });
  expect(log.toSorted()).toEqual(
    [
      "allow: expected an origin like https://example.org, found *: it is left out",
      "concurrency: expected a whole number from 1 to 2147483647, found 0: 100 is used",
      "keep: expected a selector, found p[: it is ignored",
      "position: expected one like 1732361000000-0, found yesterday: it is ignored",
      "retries: expected a whole number from 0 to 2147483647, found -1: 3 is used",
    ].map((line) => `pat-inject-async: ${line}`),
  );
});

test("a time that no timer of a browser can hold is not used, for it would end at once; the longest that one can is", async ({
  page,
  push,
  open,
  log,
}) => {
  const longest = 2 ** 31 - 1;
  const optionsRead = () => page.evaluate(() => document.querySelector("#a")?.["pattern-inject-async"]?.options);
  await open({ bodyAttributes: attribute(`timeout: ${longest}; jitter: ${longest}`), body: PLAIN });
  await push.nextSocket();
  expect(await optionsRead()).toMatchObject({ timeout: longest, jitter: longest });
  expect(log).toEqual([]);

  const snippet = push.snippet("/doc/1", "<b>new</b>").hold();
  await open({ bodyAttributes: attribute(`timeout: ${longest + 1}; jitter: ${longest + 1}`), body: PLAIN });
  const socket = await push.nextSocket();
  expect(await optionsRead()).toMatchObject({ timeout: 30_000, jitter: 2_000 });
  socket.send({ url: "/doc/1", inject: "target: #a" });
  const request = await push.nextRequest("/doc/1");
  await push.settled(page);
  snippet.release();
  expect(await request.outcome).toBe("answered");
  await expect(page.locator("#a")).toHaveText("new");
  expect(log.toSorted()).toEqual([
    "pat-inject-async: jitter: expected a whole number from 0 to 2147483647, found 2147483648: 2000 is used",
    "pat-inject-async: timeout: expected a whole number from 1 to 2147483647, found 2147483648: 30000 is used",
  ]);
});

const WRONG = [
  ["timeout: abc", /timeout/],
  ["timeout: 0", /timeout: expected .*, found 0/],
  ["concurrency: 0", /concurrency: expected .*, found 0/],
  ["concurrency: -1", /concurrency: expected .*, found -1/],
  ["timeout: 2147483648", /timeout: expected .* to 2147483647, found 2147483648: 30000 is used/],
  ["jitter: 2147483648", /jitter: expected .* to 2147483647, found 2147483648: 2000 is used/],
  ["retries: -1", /retries: expected .*, found -1/],
  ["allow: nonsense", /allow: expected .*, found nonsense/],
  ["allow: https://static.example.org/path", /allow: expected .*, found https:\/\/static\.example\.org\/path/],
  ["allow: *", /allow: expected .*, found \*/],
  ["url: javascript:alert(1)", /url: expected .*, found javascript:/],
  ["url: http://[", /url: expected .*, found http:\/\/\[/],
  ['{"timeout": "abc"}', /timeout: expected .*, found .*abc/],
  ['{"timeout": null}', /timeout: expected .*, found null/],
  ['{"concurrency": 1.5}', /concurrency: expected .*, found 1\.5/],
  ['{"url": 5}', /url: expected .*, found 5/],
  ['{"allow": ["https://static.example.org"]}', /allow: expected .*, found .*static/],
  ["nonsense: 1", /nonsense/],
  ['{"batch": true}', /batch: expected a text, found true: it is ignored/],
] as const;

test("an option that is wrong is one clear line in the log, and the other elements work", async ({
  page,
  push,
  open,
  log,
}) => {
  const bad = (id: number, options: string) => `<p class="pat-inject-async" id="bad-${id}" ${attribute(options)}></p>`;
  // The first is there from the start, before the element that is well.
  await open({ bodyAttributes: "", body: bad(0, WRONG[0][0]) + PLAIN });
  const socket = await push.nextSocket();
  for (const [index, [options, said]] of WRONG.entries()) {
    await test.step(options, async () => {
      if (index > 0) await addElements(page, bad(index, options));
      await expect.poll(() => log.length).toBe(index + 1);
      socket.send({ html: options, inject: "target: #a" });
      await push.settled(page);
      await expect(page.locator("#a")).toHaveText(options);
      expect(log.slice(index)).toEqual([expect.stringMatching(said)]);
    });
  }
  const last = page.locator(`#bad-${WRONG.length - 1}`);
  expect(await last.evaluate((element) => element["pattern-inject-async"]?.options)).toMatchObject({
    url: `${push.url}/push`,
  });
  expect(push.sockets).toHaveLength(1);
});

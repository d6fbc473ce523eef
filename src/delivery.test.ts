import assert from "node:assert/strict";
import { test } from "node:test";
import { Delivery } from "./delivery.ts";
import type { Part } from "./lanes.ts";

/** A page that exists only as a list of what happened to it. Fetches are answered by the test, in the order it likes. */
class Page {
  readonly asked: string[] = [];
  readonly applied: string[] = [];
  readonly failed: string[] = [];
  readonly aborted: string[] = [];
  readonly seen = new Set<string>();
  atOnce = 1;
  #arrivals = 0;
  readonly #together: ((snippets: ({ html: string } | "alone" | "later")[]) => void)[] = [];
  readonly #open = new Map<string, { resolve: (html: string) => void; reject: (error: Error) => void }[]>();
  readonly delivery: Delivery<Part, string>;

  constructor(concurrency = 6) {
    this.delivery = new Delivery<Part, string>(concurrency, {
      fetch: ({ url, signal }) => {
        this.asked.push(url);
        signal.addEventListener("abort", () => this.aborted.push(url));
        return new Promise((resolve, reject) => {
          this.#open.set(url, [...(this.#open.get(url) ?? []), { resolve, reject }]);
        });
      },
      describe: (html) => {
        const targets = /targets: (.+)/.exec(html)?.[1];
        if (!targets) throw new Error("no target");
        return targets.split(" ").map((text) => part(text));
      },
      apply: (html, { parts = [], message }) => {
        for (const { target } of parts) this.applied.push(`${message} ${html.split(" ")[0]} -> ${target}`);
      },
      failed: (error, { message }) => this.failed.push(`${message} ${error}`),
      atOnce: () => this.atOnce,
      fetchTogether: (wanted) => {
        this.asked.push(wanted.map(({ url }) => url).join(" "));
        return new Promise((resolve) => this.#together.push(resolve));
      },
      schedule: (parts, _message, start) => {
        if (start(false)) start(parts?.some(({ target }) => this.seen.has(target)) ?? false);
        return () => {};
      },
    });
  }

  message(name: string, url: string, ...targets: string[]): void {
    const parts = targets.length > 0 ? targets.map(part) : undefined;
    this.delivery.add({ arrival: ++this.#arrivals, url, message: name, parts });
  }

  inline(name: string, html: string, ...targets: string[]): void {
    this.delivery.add({ arrival: ++this.#arrivals, html, message: name, parts: targets.map(part) });
  }

  async answer(url: string, html = url): Promise<void> {
    this.#take(url).resolve(html);
    await settled();
  }

  async refuse(url: string): Promise<void> {
    this.#take(url).reject(new Error("refused"));
    await settled();
  }

  /** Answer the oldest request for several snippets. */
  async answerTogether(snippets: (string | undefined)[]): Promise<void> {
    this.#together.shift()?.(snippets.map((html) => (html === undefined ? "alone" : { html })));
    await settled();
  }

  #take(url: string) {
    const request = this.#open.get(url)?.shift();
    assert.ok(request, `${url} was not asked for`);
    return request;
  }
}

/** `#a` replaces, `#a+` inserts into it, `#a|` beside it. */
function part(text: string): Part {
  const kind = text.endsWith("+") ? "inside" : text.endsWith("|") ? "beside" : "replacement";
  return { target: text.replace(/[+|]$/, ""), kind };
}

/** Everything that was waiting only for promises has run. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

test("one fetch feeds all targets of a message", async () => {
  const page = new Page();
  page.message("m1", "/doc", "#a", "#b");
  await page.answer("/doc");
  assert.deepEqual(page.asked, ["/doc"]);
  assert.deepEqual(page.applied, ["m1 /doc -> #a", "m1 /doc -> #b"]);
});

test("of many messages for one URL and target the first is fetched, and one more after it: leading and trailing", async () => {
  const page = new Page();
  for (let n = 1; n <= 1_000; n++) page.message(`m${n}`, "/doc", "#a");
  assert.deepEqual(page.asked, ["/doc"]);
  await page.answer("/doc");
  await page.answer("/doc");
  assert.deepEqual(page.asked, ["/doc", "/doc"]);
  assert.deepEqual(page.applied, ["m1 /doc -> #a", "m1000 /doc -> #a"]);
});

test("messages for one URL and different targets share the fetch that is queued", async () => {
  const page = new Page(1);
  page.message("m0", "/busy", "#x");
  page.message("m1", "/doc", "#a");
  page.message("m2", "/doc", "#b");
  await page.answer("/busy");
  await page.answer("/doc");
  assert.deepEqual(page.asked, ["/busy", "/doc"]);
  assert.deepEqual(page.applied.slice(1), ["m1 /doc -> #a", "m2 /doc -> #b"]);
});

test("a queued replacement is not fetched when a newer one for its target arrives", async () => {
  const page = new Page(1);
  page.message("m0", "/busy", "#x");
  page.message("m1", "/old", "#a");
  page.message("m2", "/new", "#a");
  await page.answer("/busy");
  await page.answer("/new");
  assert.deepEqual(page.asked, ["/busy", "/new"]);
});

test("when a newer message's answer comes first, the older answer is dropped and its fetch aborted", async () => {
  const page = new Page();
  page.message("m1", "/old", "#a");
  page.message("m2", "/new", "#a");
  await page.answer("/new");
  assert.deepEqual(page.aborted, ["/old"]);
  await page.answer("/old");
  assert.deepEqual(page.applied, ["m2 /new -> #a"]);
});

test("an older answer that comes first is shown, then the newer one", async () => {
  const page = new Page();
  page.message("m1", "/old", "#a");
  page.message("m2", "/new", "#a");
  await page.answer("/old");
  await page.answer("/new");
  assert.deepEqual(page.applied, ["m1 /old -> #a", "m2 /new -> #a"]);
});

test("insertions keep their order whatever the order of the answers", async () => {
  const page = new Page();
  page.message("m1", "/1", "#a+");
  page.message("m2", "/2", "#a+");
  page.message("m3", "/3", "#a+");
  await page.answer("/3");
  await page.answer("/2");
  assert.deepEqual(page.applied, []);
  await page.answer("/1");
  assert.deepEqual(page.applied, ["m1 /1 -> #a", "m2 /2 -> #a", "m3 /3 -> #a"]);
});

test("insertions never merge: each message is fetched and applied, even for one URL", async () => {
  const page = new Page();
  page.message("m1", "/item", "#a+");
  page.message("m2", "/item", "#a+");
  await page.answer("/item");
  await page.answer("/item");
  assert.deepEqual(page.applied, ["m1 /item -> #a", "m2 /item -> #a"]);
});

test("an insertion waits for the replacement before it", async () => {
  const page = new Page();
  page.message("m1", "/1", "#a");
  page.message("m2", "/2", "#a+");
  await page.answer("/2");
  assert.deepEqual(page.applied, []);
  await page.answer("/1");
  assert.deepEqual(page.applied, ["m1 /1 -> #a", "m2 /2 -> #a"]);
});

test("a replacement waits for the insertion before it", async () => {
  const page = new Page();
  page.message("m1", "/1", "#a+");
  page.message("m2", "/2", "#a");
  await page.answer("/2");
  assert.deepEqual(page.applied, []);
  await page.answer("/1");
  assert.deepEqual(page.applied, ["m1 /1 -> #a", "m2 /2 -> #a"]);
});

test("a replacement overtakes an older one beyond an insertion that is ready", async () => {
  const page = new Page();
  page.message("m1", "/1", "#a");
  page.message("m2", "/2", "#a+");
  page.message("m3", "/3", "#a");
  await page.answer("/2");
  await page.answer("/3");
  assert.deepEqual(page.applied, ["m2 /2 -> #a", "m3 /3 -> #a"]);
  assert.deepEqual(page.aborted, ["/1"]);
});

test("a failed fetch is reported once and those behind it go on", async () => {
  const page = new Page();
  page.message("m1", "/1", "#a+");
  page.message("m2", "/2", "#a+");
  await page.answer("/2");
  await page.refuse("/1");
  assert.deepEqual(page.failed, ["m1 Error: refused"]);
  assert.deepEqual(page.applied, ["m2 /2 -> #a"]);
});

test("no more fetches are under way than allowed, and what the user sees goes first", async () => {
  const page = new Page(2);
  page.seen.add("#d");
  for (const name of ["a", "b", "c", "d"]) page.message(name, `/${name}`, `#${name}`);
  assert.deepEqual(page.asked, ["/a", "/b"]);
  await page.answer("/a");
  assert.deepEqual(page.asked, ["/a", "/b", "/d"]);
});

test("withdrawing the only target of a fetch aborts it, and the message is handed back", async () => {
  const page = new Page();
  page.message("m1", "/1", "#a", "#b");
  page.message("m2", "/2", "#c");
  assert.deepEqual(
    page.delivery.withdraw(({ target }) => target !== "#a").map(({ message, parts }) => [message, parts?.[0]?.target]),
    [["m1", "#a"]],
  );
  assert.deepEqual(page.aborted, [], "the other target still wants it");
  page.delivery.withdraw(({ target }) => target !== "#b");
  assert.deepEqual(page.aborted, ["/1"]);
  await page.answer("/2");
  assert.deepEqual(page.applied, ["m2 /2 -> #c"]);
});

test("a message without targets is applied where its snippet says", async () => {
  const page = new Page();
  page.message("m1", "/doc");
  await page.answer("/doc", "snippet targets: #a #b+");
  assert.deepEqual(page.applied, ["m1 snippet -> #a", "m1 snippet -> #b"]);
});

test("a snippet that names no target is a failure", async () => {
  const page = new Page();
  page.message("m1", "/doc");
  await page.answer("/doc", "nothing");
  assert.deepEqual(page.failed, ["m1 Error: no target"]);
});

test("a replacement that turns out to be for a target already replaced by a newer message is dropped", async () => {
  const page = new Page();
  page.message("m1", "/old");
  page.message("m2", "/new", "#a");
  await page.answer("/new");
  await page.answer("/old", "snippet targets: #a");
  assert.deepEqual(page.applied, ["m2 /new -> #a"]);
});

test("an insertion waits while an older message has not said yet what it is for", async () => {
  const page = new Page();
  page.message("m1", "/1");
  page.message("m2", "/2", "#a+");
  await page.answer("/2");
  assert.deepEqual(page.applied, []);
  await page.answer("/1", "snippet targets: #a+");
  assert.deepEqual(page.applied, ["m1 snippet -> #a", "m2 /2 -> #a"]);
});

test("an insertion that turns out to be older than the content of its target is dropped: it would have been wiped out", async () => {
  const page = new Page();
  page.message("m1", "/old");
  page.message("m2", "/new", "#a");
  await page.answer("/new");
  await page.answer("/old", "snippet targets: #a+ #a|");
  assert.deepEqual(page.applied, ["m2 /new -> #a", "m1 snippet -> #a"], "only what is beside the target stays");
});

test("sharing a fetch does not move a replacement behind an insertion that came after it", async () => {
  const page = new Page(1);
  page.message("m0", "/busy", "#x");
  page.message("m1", "/doc", "#a");
  page.message("m2", "/2", "#a+");
  page.message("m3", "/doc", "#b");
  for (const url of ["/busy", "/doc", "/2"]) await page.answer(url);
  assert.deepEqual(page.applied.slice(1), ["m1 /doc -> #a", "m3 /doc -> #b", "m2 /2 -> #a"]);
});

test("messages that shared a fetch keep their own places when its snippet inserts", async () => {
  const page = new Page(1);
  page.message("m0", "/busy", "#x");
  page.message("m1", "/item");
  page.message("m2", "/2", "#a+");
  page.message("m3", "/item");
  page.inline("m4", "inline", "#a+");
  await page.answer("/busy");
  await page.answer("/item", "first targets: #a+");
  await page.answer("/2");
  await page.answer("/item", "second targets: #a+");
  assert.deepEqual(
    page.applied.slice(1).map((line) => line.split(" ")[0]),
    ["m1", "m2", "m3", "m4"],
  );
});

test("a message that was put off and comes back keeps its place: it does not overwrite a newer one", async () => {
  const page = new Page();
  page.message("m1", "/1", "#a");
  const [putOff] = page.delivery.withdraw(() => false);
  page.message("m2", "/2", "#a");
  await page.answer("/2");
  assert.ok(putOff);
  page.delivery.add(putOff);
  assert.deepEqual(page.asked, ["/1", "/2"]);
  assert.deepEqual(page.applied, ["m2 /2 -> #a"]);
});

test("messages that shared a fetch which turns out to insert get one each", async () => {
  const page = new Page(1);
  page.message("m0", "/busy", "#x");
  for (const name of ["m1", "m2", "m3"]) page.message(name, "/item");
  await page.answer("/busy");
  for (let n = 0; n < 3; n++) await page.answer("/item", "snippet targets: #a+");
  assert.equal(page.asked.filter((url) => url === "/item").length, 3);
  assert.equal(page.applied.slice(1).length, 3);
});

test("content that came with its message is applied at once, and overtakes what is being fetched", async () => {
  const page = new Page();
  page.message("m1", "/1", "#a");
  page.inline("m2", "inline", "#a");
  assert.deepEqual(page.applied, ["m2 inline -> #a"]);
  assert.deepEqual(page.aborted, ["/1"]);
});

test("clearing aborts what is under way and forgets what is queued", async () => {
  const page = new Page(1);
  page.message("m1", "/1", "#a");
  page.message("m2", "/2", "#b");
  page.delivery.clear();
  assert.deepEqual(page.aborted, ["/1"]);
  await page.answer("/1");
  assert.deepEqual(page.asked, ["/1"]);
  assert.deepEqual(page.applied, []);
});

test("several URLs that are queued share a request where that is possible, and a single one does not", async () => {
  const page = new Page(1);
  page.atOnce = 50;
  page.message("m0", "/0", "#x");
  page.message("m1", "/1", "#a");
  page.message("m2", "/2", "#b");
  await page.answer("/0");
  assert.deepEqual(page.asked, ["/0", "/1 /2"]);
  await page.answerTogether(["one", "two"]);
  assert.deepEqual(page.applied.slice(1), ["m1 one -> #a", "m2 two -> #b"]);
});

test("what a shared request does not give is fetched alone, and keeps its place", async () => {
  const page = new Page(1);
  page.atOnce = 50;
  page.message("m0", "/0", "#x");
  page.message("m1", "/1", "#a+");
  page.message("m2", "/2", "#a+");
  page.message("m3", "/3", "#a+");
  await page.answer("/0");
  await page.answerTogether([undefined, "two", "three"]);
  assert.deepEqual(page.applied.slice(1), []);
  assert.deepEqual(page.asked, ["/0", "/1 /2 /3", "/1"]);
  await page.answer("/1");
  assert.deepEqual(page.applied.slice(1), ["m1 /1 -> #a", "m2 two -> #a", "m3 three -> #a"]);
});

test("what is overtaken while a shared request is under way is not applied", async () => {
  const page = new Page(1);
  page.atOnce = 50;
  page.message("m0", "/0", "#x");
  page.message("m1", "/1", "#a");
  page.message("m2", "/2", "#b");
  await page.answer("/0");
  page.inline("m3", "new", "#a");
  await page.answerTogether(["old", "two"]);
  assert.deepEqual(page.applied.slice(1), ["m3 new -> #a", "m2 two -> #b"]);
});

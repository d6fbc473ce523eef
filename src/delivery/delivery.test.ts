import assert from "node:assert/strict";
import { test } from "node:test";
import type { Change } from "../ground/change.ts";
import type { Job } from "../ground/job.ts";
import type { PageListener } from "../ground/page-changes.ts";
import { Delivery } from "./delivery.ts";
import { SnippetError, UnauthorizedError } from "./snippets/errors.ts";

const ORIGIN = "https://site.example";

/** A page that exists only as a list of what happened to it. Fetches are answered by the test, in the order it likes. */
class Page {
  readonly asked: string[] = [];
  readonly applied: string[] = [];
  readonly failed: string[] = [];
  readonly missed: string[] = [];
  readonly aborted: string[] = [];
  readonly seen = new Set<string>();
  readonly absent = new Set<string>();
  readonly needless = new Set<string>();
  /** How often something was given up, for too much waited. */
  gaps = 0;
  /** How many contents are not in place yet. */
  backlog = 0;
  /** Targets that are far away: their fetches wait. */
  readonly far = new Set<string>();
  /** How many fetches wait for their targets to be seen. */
  plans = 0;
  /** Whether fetches that are wanted go along with one that is about to be made. */
  isGathering = false;
  #arrivals = 0;
  readonly #listeners = new Set<PageListener>();
  readonly #open = new Map<string, { resolve: (html: string) => void; reject: (error: Error) => void }[]>();
  readonly delivery: Delivery;

  constructor(concurrency = 6, retries = 0) {
    const fetcher = {
      fetch: ({ url: { pathname: url }, signal }: { url: URL; signal: AbortSignal }) => {
        this.asked.push(url);
        return new Promise<string>((resolve, reject) => {
          signal.addEventListener("abort", () => {
            this.aborted.push(url);
            reject(signal.reason);
          });
          this.#open.set(url, [...(this.#open.get(url) ?? []), { resolve, reject }]);
        });
      },
      goesAlong: () => this.isGathering,
    };
    this.delivery = new Delivery(
      fetcher,
      {
        plan: (targets, _isBroadcast, start) => {
          if (targets.length > 0 && targets.every((target) => this.far.has(target))) {
            this.plans++;
            return () => this.plans--;
          }
          if (start(false)) start(targets.some((target) => this.seen.has(target)));
          return () => {};
        },
      },
      { concurrency, retries },
      {
        hasTarget: (target) => !this.absent.has(target),
        needs: ({ trace }) => !this.needless.has(trace),
        watch: (listener) => {
          this.#listeners.add(listener);
          return () => this.#listeners.delete(listener);
        },
        describe: (html, job) => {
          const targets = /targets: (.+)/.exec(html)?.[1];
          if (!targets) throw new Error("no target");
          return targets.split(" ").map((text) => ({ ...change(text, job), html }));
        },
        put: ({ html, changes, job }) => {
          for (const { target } of changes) this.applied.push(`${job.trace} ${html.split(" ")[0]} -> ${target}`);
        },
        backlog: () => this.backlog,
        failed: (error, job) => this.failed.push(`${job.trace} ${error}`),
        missed: ({ target, job }) => this.missed.push(`${job.trace} ${target}`),
        full: () => this.gaps++,
      },
    );
  }

  message(trace: string, url: string, ...targets: string[]): Job {
    const job = this.#job(trace, { url });
    this.delivery.add(job, targets.length > 0 ? targets.map((text) => change(text, job)) : undefined);
    return job;
  }

  /** A placeholder asks for itself. */
  healing(trace: string, url: string): void {
    this.delivery.add({ ...this.#job(trace, { url }), healing: [] });
  }

  inline(trace: string, html: string, ...targets: string[]): Job {
    const job = this.#job(trace, { html });
    this.delivery.add(
      job,
      targets.map((text) => change(text, job)),
    );
    return job;
  }

  async answer(url: string, html = url): Promise<void> {
    this.#take(url).resolve(html);
    await settled();
  }

  async refuse(url: string, error = new Error("refused")): Promise<void> {
    this.#take(url).reject(error);
    await settled();
  }

  /** The targets go, and the page says so. */
  async remove(...targets: string[]): Promise<void> {
    for (const target of targets) this.absent.add(target);
    for (const { removed } of [...this.#listeners]) removed?.();
    await settled();
  }

  /** The targets come, and the page says so. */
  async show(...targets: string[]): Promise<void> {
    for (const target of targets) this.absent.delete(target);
    for (const { changed } of [...this.#listeners]) changed?.();
    await settled();
  }

  #job(trace: string, { url, html }: { url?: string; html?: string }): Job {
    return {
      arrivalNumber: ++this.#arrivals,
      url: url === undefined ? undefined : new URL(url, ORIGIN),
      message: { type: "inject", ...(html === undefined ? {} : { html }) },
      trace,
      received: 0,
      healing: undefined,
    };
  }

  #take(url: string) {
    const request = this.#open.get(url)?.shift();
    assert.ok(request, `${url} was not asked for`);
    return request;
  }
}

/** `#a` replaces, `#a+` inserts into it, `#a|` beside it. */
function change(text: string, job: Job): Change {
  const kind = text.endsWith("+") ? "inside" : text.endsWith("|") ? "beside" : "replacement";
  return { job, target: text.replace(/[+|]$/, ""), kind, action: "content", config: {}, hasSource: false };
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

test("however many messages a target that is far away gets, it is waited for once", () => {
  const page = new Page();
  page.far.add("#x").add("#y");
  for (const trace of ["a", "b", "c"]) page.message(trace, "/1", "#x");
  assert.equal(page.plans, 1);
  page.message("d", "/1", "#y");
  assert.equal(page.plans, 2);
  page.delivery.stop();
  assert.equal(page.plans, 0);
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

test("when the only target of a fetch goes, it is aborted; its change waits for the target", async () => {
  const page = new Page();
  page.message("m1", "/1", "#a", "#b");
  page.message("m2", "/2", "#c");
  await page.remove("#a");
  assert.deepEqual(page.aborted, [], "the other target still wants it");
  await page.remove("#b");
  assert.deepEqual(page.aborted, ["/1"]);
  await page.answer("/2");
  await page.show("#a", "#b");
  assert.deepEqual(page.asked, ["/1", "/2", "/1"], "one fetch for both");
  await page.answer("/1", "of the one that was aborted");
  await page.answer("/1");
  assert.deepEqual(page.applied, ["m2 /2 -> #c", "m1 /1 -> #a", "m1 /1 -> #b"]);
});

test("a snippet whose targets are not known is given up when nobody needs it any more", async () => {
  const page = new Page();
  page.message("m1", "/1");
  page.needless.add("m1");
  await page.remove();
  assert.deepEqual(page.aborted, ["/1"]);
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

test("a message that shared a fetch and is asked for again keeps its place before those that came meanwhile", async () => {
  const page = new Page(1);
  // 1. m2 and m3 share a fetch. 2. While it is under way, m4 and m5 arrive; m5 is for the same URL, and is queued.
  page.message("m1", "/busy", "#x");
  page.message("m2", "/item");
  page.message("m3", "/item");
  await page.answer("/busy");
  page.message("m4", "/4", "#a+");
  page.message("m5", "/item");
  // 3. The snippet inserts, so m3 needs one of its own, and joins m5. 4. m4's is there before it.
  await page.answer("/item", "first targets: #a+");
  await page.answer("/4");
  await page.answer("/item", "second targets: #a+");
  await page.answer("/item", "third targets: #a+");
  assert.deepEqual(
    page.applied.slice(1).map((line) => line.split(" ").slice(0, 2).join(" ")),
    ["m2 first", "m3 second", "m4 /4", "m5 third"],
  );
});

test("a change whose target comes back keeps its place: it does not overwrite a newer one", async () => {
  const page = new Page();
  page.message("m1", "/1", "#a");
  await page.remove("#a");
  page.message("m2", "/2", "#a");
  await page.show("#a");
  await page.answer("/2");
  assert.deepEqual(page.asked, ["/1", "/2"]);
  assert.deepEqual(page.applied, ["m2 /2 -> #a"]);
});

test("a change that is told to be gone for each of its elements comes back once", async () => {
  const page = new Page();
  const job = page.inline("m1", "one", "#a");
  await page.remove("#a");
  const again = change("#a", job);
  for (const _element of [1, 2]) page.delivery.add(job, [again]);
  await page.show("#a");
  assert.deepEqual(page.applied, ["m1 one -> #a", "m1 one -> #a"]);
  assert.equal(page.delivery.size, 0);
});

test("a job that is tried again keeps its place", async () => {
  const page = new Page();
  const job = page.message("m1", "/1", "#a");
  await page.refuse("/1");
  page.message("m2", "/2", "#a");
  await page.answer("/2");
  page.delivery.add(job, [change("#a", job)]);
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

test("stopping aborts what is under way and forgets what is queued", async () => {
  const page = new Page(1);
  page.message("m1", "/1", "#a");
  page.message("m2", "/2", "#b");
  page.delivery.stop();
  assert.deepEqual(page.aborted, ["/1"]);
  await page.answer("/1");
  assert.deepEqual(page.asked, ["/1"]);
  assert.deepEqual(page.applied, []);
});

test("what goes along with a request that is about to be made holds no place of its own", async () => {
  const page = new Page(1);
  page.message("m1", "/1", "#a");
  page.isGathering = true;
  page.message("m2", "/2", "#b");
  page.isGathering = false;
  page.message("m3", "/3", "#c");
  assert.deepEqual(page.asked, ["/1", "/2"]);
  await page.answer("/2");
  assert.deepEqual(page.asked, ["/1", "/2"], "the request is still under way");
  await page.answer("/1");
  assert.deepEqual(page.asked, ["/1", "/2", "/3"]);
});

test("a snippet that could not be given together with others is asked for alone, at once, and keeps its place", async () => {
  const page = new Page();
  page.message("m1", "/1", "#a+");
  page.message("m2", "/2", "#a+");
  await page.answer("/2");
  await page.refuse("/1", new SnippetError("/1", "missing", { retry: "alone" }));
  await turn();
  assert.deepEqual(page.asked, ["/1", "/2", "/1"]);
  await page.answer("/1");
  assert.deepEqual(page.applied, ["m1 /1 -> #a", "m2 /2 -> #a"]);
});

test("between two attempts a snippet holds no place, and others may join it", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const page = new Page(1, 1);
  page.message("m1", "/bad", "#a");
  await page.refuse("/bad", new SnippetError("/bad", "status 404", { retry: "later" }));
  page.message("m2", "/good", "#b");
  await page.answer("/good");
  page.message("m3", "/bad", "#c");
  assert.deepEqual(page.applied, ["m2 /good -> #b"]);
  t.mock.timers.runAll();
  await settled();
  assert.deepEqual(page.asked, ["/bad", "/good", "/bad"]);
  await page.answer("/bad");
  assert.deepEqual(page.applied.slice(1), ["m1 /bad -> #a", "m3 /bad -> #c"]);
});

test("at the end of the session a change stays in its lane, may be overtaken, and is fetched after the next login", async () => {
  const page = new Page();
  const over = (url: string) => new UnauthorizedError(url, "status 401", { status: 401 });
  page.message("m1", "/1", "#a");
  page.message("m2", "/2", "#b");
  page.message("m3", "/3");
  for (const url of ["/1", "/2", "/3"]) await page.refuse(url, over(url));
  assert.equal(page.failed.length, 3);
  page.inline("m4", "new", "#b");
  page.inline("m5", "more", "#c+");
  assert.deepEqual(page.applied, ["m4 new -> #b", "m5 more -> #c"]);
  page.delivery.sessionRenewed();
  assert.deepEqual(page.asked.slice(3), ["/1", "/3"]);
  await page.answer("/1");
  await page.answer("/3", "snippet targets: #d");
  assert.deepEqual(page.applied.slice(2), ["m1 /1 -> #a", "m3 snippet -> #d"]);
});

test("at the end of the session a new message for the same is another attempt; a placeholder that asks for itself is none", async () => {
  const page = new Page();
  const over = new UnauthorizedError("/1", "status 401", { status: 401 });
  page.message("m1", "/1");
  await page.refuse("/1", over);
  page.healing("m2", "/1");
  assert.deepEqual(page.asked, ["/1"]);
  page.message("m3", "/1");
  assert.deepEqual(page.asked, ["/1", "/1"]);
  await page.refuse("/1", over);
  page.healing("m4", "/1");
  assert.deepEqual(page.asked, ["/1", "/1"], "it is over again");
  page.message("m5", "/1");
  await page.answer("/1", "snippet targets: #a");
  assert.deepEqual(page.applied, ["m5 snippet -> #a"]);
  page.message("m6", "/2", "#b");
  await page.refuse("/2", over);
  page.message("m7", "/2", "#c");
  await page.answer("/2");
  assert.deepEqual(page.applied.slice(1), ["m6 /2 -> #b", "m7 /2 -> #c"]);
});

test("another attempt is made for all that wait for the same, though the new message's target is far away", async () => {
  const page = new Page();
  page.message("m1", "/1", "#a");
  await page.refuse("/1", new UnauthorizedError("/1", "status 401", { status: 401 }));
  page.far.add("#far");
  page.message("m2", "/1", "#far");
  await page.answer("/1");
  assert.deepEqual(page.applied, ["m1 /1 -> #a", "m2 /1 -> #far"]);
});

test("a change without target waits half a minute", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout", "Date"] });
  const page = new Page();
  page.absent.add("#a").add("#b");
  page.message("m1", "/1", "#a");
  t.mock.timers.tick(20_000);
  page.message("m2", "/2", "#b");
  t.mock.timers.tick(10_000);
  assert.deepEqual(page.missed, ["m1 #a"]);
  t.mock.timers.tick(19_999);
  assert.deepEqual(page.missed, ["m1 #a"]);
  t.mock.timers.tick(1);
  assert.deepEqual(page.missed, ["m1 #a", "m2 #b"]);
  assert.deepEqual(page.asked, []);
});

test("when too much waits, what has waited longest for its target gives way, else the job: a gap each time", async () => {
  const page = new Page(1);
  page.absent.add("#a").add("#b");
  page.inline("m1", "<p>", "#a");
  page.inline("m2", "<p>", "#b");
  for (let n = 3; n <= 20_000; n++) page.message(`m${n}`, "/item", "#list+");
  assert.equal(page.gaps, 0);
  page.message("m20001", "/item", "#list+");
  await page.show("#a");
  assert.deepEqual([page.gaps, page.applied], [1, []]);
  page.message("m20002", "/item", "#list+");
  await page.show("#b");
  assert.deepEqual([page.gaps, page.applied], [2, []]);
  page.message("m20003", "/item", "#list+");
  assert.deepEqual([page.gaps, page.delivery.size, page.missed], [3, 20_000, []]);
});

test("a message is refused when too much waits for the user", () => {
  const page = new Page();
  page.backlog = 20_000;
  page.inline("m1", "<p>", "#a");
  assert.deepEqual([page.gaps, page.applied], [1, []]);
});

/** A turn of the event loop, timers of no delay included. */
function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 5));
}

/**
 * What every page of the benchmark has, whatever the row: the scan of inserted snippets, and the check for "done".
 */
{
  const longTasks = [];
  new PerformanceObserver((list) => longTasks.push(...list.getEntries())).observe({ type: "longtask" });

  /** Work that is put off counts for this long after "done". */
  const TAIL_MS = 100;
  /** Between two checks when nothing on the page asks for one. */
  const CHECK_INTERVAL_MS = 20;
  const DONE_TIMEOUT_MS = 120_000;

  let outcome;

  /** The snippet of that version is in place, and the pattern inside, if it has one, is initialised. */
  function isRight(item, version, hasPattern) {
    const element = document.getElementById(`item-${item}`);
    if (element?.dataset.v !== version) return false;
    return !hasPattern || element.querySelector(".pat-scroll")?.["pattern-scroll"] !== undefined;
  }

  /**
   * Calls back when a target may have become right: when a pattern has been initialised, or, as snippets without one tell
   * nothing, when the parent of the last target has changed. What comes in another order is seen at the next interval.
   *
   * @returns what ends it.
   */
  function observe(groups, hasPattern, check) {
    const timer = setInterval(check, CHECK_INTERVAL_MS);
    const observer = new MutationObserver(check);
    if (hasPattern) document.addEventListener("init.scroll.patterns", check);
    else {
      for (const { items } of groups) {
        const parent = document.getElementById(`item-${items.at(-1)}`)?.parentNode;
        if (parent) observer.observe(parent, { childList: true });
      }
    }
    return () => {
      clearInterval(timer);
      observer.disconnect();
      document.removeEventListener("init.scroll.patterns", check);
    };
  }

  window.bench = {
    /**
     * Patternslib's scan of an element that came without pat-inject. The registry itself is out of reach, but pat-inject
     * answers this event with it: without a configuration it does nothing but scan (end of its src/pat/inject/inject.js).
     */
    scan(element) {
      window.jQuery(document).trigger("patterns-injected", [undefined, element, element]);
    },

    /**
     * Begins to wait until all targets of each group are right. A check looks at the first one that is not yet right: so
     * each target costs one look in every row, and the moment is exact.
     */
    watch(groups, hasPattern) {
      const waiting = groups.map(({ items, version }) => ({
        left: [...items].reverse(),
        version: String(version),
        at: 0,
      }));
      const start = performance.now();
      outcome = new Promise((resolve, reject) => {
        const check = () => {
          for (const group of waiting) {
            while (group.left.length > 0 && isRight(group.left.at(-1), group.version, hasPattern)) group.left.pop();
            if (group.left.length === 0) group.at ||= performance.timeOrigin + performance.now();
          }
          const isDone = waiting.every((group) => group.at > 0);
          if (!isDone && performance.now() - start < DONE_TIMEOUT_MS) return;
          stop();
          const seconds = DONE_TIMEOUT_MS / 1_000;
          const wrong = waiting.flatMap(({ left, version }) =>
            left.filter((item) => !isRight(item, version, hasPattern)),
          );
          if (isDone) resolve(waiting.map((group) => group.at));
          else reject(new Error(`expected all targets right within ${seconds} s, found ${wrong.length} wrong`));
        };
        const stop = observe(groups, hasPattern, check);
      });
      outcome.catch(() => {}); // done() reports it
    },

    /** When each group was right, in milliseconds of the system's clock. */
    done: () => outcome,

    /** Lets the rest of the work happen. */
    tail: () => new Promise((resolve) => setTimeout(() => requestIdleCallback(resolve), TAIL_MS)),

    /** The longest task since then, in milliseconds of the system's clock; 0 when none was longer than 50 ms. */
    longestTask(since) {
      const start = since - performance.timeOrigin;
      return Math.max(0, ...longTasks.filter((task) => task.startTime >= start).map((task) => task.duration));
    },
  };
}

/**
 * What every page of the benchmark has, whatever the row: the scan of what was inserted, and the check for "done".
 */
{
  const longTasks = [];
  new PerformanceObserver((list) => longTasks.push(...list.getEntries())).observe({ type: "longtask" });

  /** How long work that was put off until after "done" still counts, in milliseconds. */
  const TAIL = 100;
  /** Between two looks at the page when nothing has been initialised, in milliseconds. */
  const LOOK = 20;
  /** How long to wait for "done", in milliseconds. */
  const LIMIT = 120_000;

  let outcome;

  /** The snippet of that version is in place, and its pattern has been initialised. */
  function isRight(item, version) {
    const element = document.getElementById(`item-${item}`);
    return element?.dataset.v === version && element.querySelector(".pat-scroll")?.["pattern-scroll"] !== undefined;
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
     * Begins to wait until all targets of each group are right. The first one that is not yet right is looked at when a
     * pattern has been initialised, and every 20 ms: so each target costs one look in every row, and the moment is exact.
     */
    watch(groups) {
      const version = (group) => String(group.version);
      const waiting = groups.map((group) => ({ left: [...group.items].reverse(), version: version(group), at: 0 }));
      const begun = performance.now();
      outcome = new Promise((resolve, reject) => {
        const look = () => {
          for (const group of waiting) {
            while (group.left.length > 0 && isRight(group.left.at(-1), group.version)) group.left.pop();
            if (group.left.length === 0) group.at ||= performance.timeOrigin + performance.now();
          }
          const isDone = waiting.every((group) => group.at > 0);
          if (!isDone && performance.now() - begun < LIMIT) return;
          document.removeEventListener("init.scroll.patterns", look);
          clearInterval(timer);
          const wrong = waiting.flatMap(({ left, version }) => left.filter((item) => !isRight(item, version)));
          if (isDone) resolve(waiting.map((group) => group.at));
          else reject(new Error(`expected all targets right within ${LIMIT / 1_000} s, found ${wrong.length} wrong`));
        };
        document.addEventListener("init.scroll.patterns", look);
        const timer = setInterval(look, LOOK);
      });
      outcome.catch(() => {}); // it is asked for later
    },

    /** When each group was right, in milliseconds of the system's clock. */
    done: () => outcome,

    /** Lets the rest of the work happen. */
    tail: () => new Promise((resolve) => setTimeout(() => requestIdleCallback(resolve), TAIL)),

    /** The longest task since then, in milliseconds of the system's clock; 0 when none was longer than 50 ms. */
    longestTask(since) {
      const start = since - performance.timeOrigin;
      return Math.max(0, ...longTasks.filter((task) => task.startTime >= start).map((task) => task.duration));
    },
  };
}

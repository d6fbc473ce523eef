/** The options that all elements of an endpoint share: the first element decides. Knows nothing of connections. */
import { warnOnce } from "../ground/events.ts";
import { DEFAULTS } from "../ground/option-values.ts";
import type { EndpointOptions } from "../ground/options.ts";

const SHARED = ["concurrency", "timeout", "retries", "jitter", "batch"] as const;
const NOTHING = "none";

/** Says which of an element's options are not used, since the first element of its endpoint says otherwise. */
export function compareOptions(options: EndpointOptions, first: EndpointOptions): void {
  for (const name of SHARED) {
    const [value, used] = [options[name], first[name]].map((option) => String(option ?? NOTHING));
    // What is not said is no contradiction.
    if (value === used || value === String({ batch: NOTHING, ...DEFAULTS }[name])) continue;
    warnOnce(`${name}: ${value} is not used, for the first element of ${first.url} says ${used}`);
  }
}

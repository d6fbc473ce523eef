/**
 * Initialises the patterns in what has been injected: Patternslib's `registry.scan` (its src/core/registry.js), for many
 * elements at once. Done for each by itself, it is most of the cost of an injection: it sorts and asks every pattern of the
 * page, whether or not it has anything to do.
 */
import { isEndless, isOnPage, matches, unshadowed } from "../ground/dom.ts";
import { isExcluded, isObject, jQuery, registry } from "../ground/host.ts";

/** A pattern, as far as a scan knows it. */
interface Pattern {
  readonly trigger?: unknown;
  readonly order?: unknown;
  readonly transform?: unknown;
  readonly init?: unknown;
  readonly prototype?: { readonly transform?: unknown };
}

const DEFAULT_ORDER = 1_000;
/** What comes first in a host that knows no `order` yet, before Patternslib 9.10.4. */
const ORDER_BY_NAME: Readonly<Record<string, number>> = { "clone-code": 1, validation: 2 };

/** Time after which Patternslib's late event follows a scan, in milliseconds. */
const DELAYED_MS = 10;

/**
 * @param nodes on the page. What is not an element, or gone again, is passed over. What the host could not leave again, a
 *   form with a field called `parentNode`, is told to have no patterns.
 */
export function scan(nodes: readonly Node[], onError: (error: unknown, pattern: string) => void): void {
  const all = nodes.filter((node): node is Element => node instanceof Element && isOnPage(node));
  const roots = all.filter((node) => !isEndless(node));
  if (all.length === 0) return;
  const $ = jQuery();
  const patterns = orderedPatterns();
  const attempt = (name: string, run: () => void) => {
    try {
      run();
    } catch (error) {
      onError(error, name);
    }
  };
  for (const { name, transform } of patterns) {
    if (transform) for (const root of roots) attempt(name, () => Reflect.apply(transform, undefined, [$(root)]));
  }
  const selector = patterns.flatMap(({ trigger }) => trigger ?? []).join(",");
  const found = new Set<Element>();
  for (const root of all) {
    if (matches(root, selector)) found.add(root);
    for (const element of unshadowed(root).querySelectorAll(selector)) found.add(element);
  }
  // Inside out, as Patternslib does.
  for (const element of [...found].reverse()) {
    if (initialised.has(element) || isExcluded(element)) continue;
    for (const { name, trigger, initialise } of patterns) {
      if (!trigger || !matches(element, trigger)) continue;
      if (isEndless(element)) onError("a field is called parentNode", name);
      else attempt(name, () => initialise(element));
    }
  }
  for (const root of roots) attempt("patterns-injected-scanned", () => $(root).trigger("patterns-injected-scanned"));
  announceLater(roots);
}

interface Ordered {
  readonly name: string;
  readonly trigger: string | undefined;
  readonly transform: CallableFunction | undefined;
  initialise(element: Element): void;
}

/** What was on the page before a morph: its patterns must not start again where it is moved to. */
const initialised = new WeakSet<Element>();

/** Scans will pass over what is in the target now. */
export function skipScan(target: Element): void {
  const selector = triggers();
  if (selector) for (const element of unshadowed(target).querySelectorAll(selector)) initialised.add(element);
}

/** A selector of all elements on which patterns other than this library's work. */
export function triggers(): string {
  const foreign = orderedPatterns().filter(({ name }) => name !== "inject-async");
  return foreign.flatMap(({ trigger }) => trigger ?? []).join(",");
}

let cache: { readonly values: readonly unknown[]; readonly ordered: readonly Ordered[] } | undefined;

/** Sorted once, until there is another pattern. */
function orderedPatterns(): readonly Ordered[] {
  const values = Object.values(registry());
  if (cache?.values.length !== values.length || cache.values.some((value, index) => value !== values[index])) {
    cache = { values, ordered: order() };
  }
  return cache.ordered;
}

function order(): Ordered[] {
  const $ = jQuery();
  return Object.entries(registry())
    .flatMap(([name, value]) => {
      if (!isPattern(value)) return [];
      const transform = value.transform ?? value.prototype?.transform;
      const { init } = value;
      const ordered: Ordered = {
        name,
        trigger: typeof value.trigger === "string" ? value.trigger.trim().replace(/,$/, "") || undefined : undefined,
        transform: typeof transform === "function" ? transform : undefined,
        initialise(element) {
          const parameters = [$(element), null, { type: "injection", element }];
          if (typeof init === "function") Reflect.apply(init, value, parameters);
          else if (typeof value === "function") Reflect.construct(value, parameters);
        },
      };
      return [{ ordered, rank: rank(name, value) }];
    })
    .sort((a, b) => a.rank - b.rank)
    .map(({ ordered }) => ordered);
}

function rank(name: string, { order }: Pattern): number {
  const { validation, "clone-code": cloneCode = validation } = registry();
  const knowsOrder = isPattern(cloneCode) && cloneCode.order !== undefined;
  if (!knowsOrder) return ORDER_BY_NAME[name] ?? DEFAULT_ORDER;
  return typeof order === "number" && order ? order : DEFAULT_ORDER;
}

/** The second of the events with which pat-inject tells that the patterns of what it injected are there. */
function announceLater(roots: readonly Element[]): void {
  setTimeout(() => {
    for (const injected of roots) {
      const detail = { injected };
      unshadowed(injected).dispatchEvent(
        new CustomEvent("patterns-injected-delayed", { bubbles: true, cancelable: true, detail }),
      );
    }
  }, DELAYED_MS);
}

function isPattern(value: unknown): value is Pattern {
  return isObject(value) || typeof value === "function";
}

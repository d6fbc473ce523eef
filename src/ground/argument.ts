/** Reads pat-inject's argument, with pat-inject's own parser, into changes. */
import type { Change } from "./change.ts";
import { dom } from "./dom.ts";
import { type InjectConfig, isObject, type Parser, patInject } from "./host.ts";
import type { Job } from "./job.ts";
import { MAX_ARGUMENT_LENGTH, ProtocolError } from "./protocol.ts";
import { canonical, isSelector } from "./targets.ts";

/** Of one selector, in characters: browsers parse it by recursion. */
const MAX_SELECTOR_LENGTH = 1_000;

/**
 * @param argument as it stands in `data-pat-inject` or in a message's `inject`.
 * @param fragment of the snippet's URL, e.g. `#a`: the default source and target, as for pat-inject itself.
 * @throws {ProtocolError} when a target is missing, or a selector does not parse.
 */
export function parseArgument(argument: string, job: Job, fragment = ""): Change[] {
  const inject = patInject();
  requireLength("inject", argument, MAX_ARGUMENT_LENGTH);
  return readConfigs(inject.parser, argument).map((given) => {
    const fallback = given["defaultSelector"] ?? (fragment.slice(1) ? fragment : undefined);
    const config: InjectConfig = {
      ...given,
      source: given.source ?? fallback ?? "body",
      target: given.target ?? fallback,
      url: job.url?.href ?? "",
      // The user did not ask for this injection: it must not ask back, nor move the page or its history.
      confirm: "never",
      history: "none",
      scroll: "none",
      loadingClass: "",
      // Scanned by the library, many changes at once: scan.ts.
      skipPatInjectHandler: true,
    };
    requireText("source", config.source);
    requireText("target", config.target);
    inject.extractModifiers(config);
    const { source, action = "content" } = config;
    const target = requireText("target", config.target);
    if (source !== "none" && source !== "body") requireSelector("source", source);
    requireSelector("target", target);
    if (target === "self" || target === "none") throw new ProtocolError("target", "an element of the page", target);
    const hasSource = (given.source ?? fallback) !== undefined;
    return { job, target: canonical(target), kind: kindOf(action), action, config, hasSource };
  });
}

/** The defaults of each parser. */
const defaults = new WeakMap<Parser, InjectConfig>();

/** Reads an argument as the parser reads an attribute, without looking for ancestors to inherit from: there are none. */
function readConfigs(parser: Parser, argument: string): InjectConfig[] {
  const known = defaults.get(parser) ?? readAttribute(parser, "")[0] ?? {};
  defaults.set(parser, known);
  if (!parser._parse || !parser._cleanupOptions) return readAttribute(parser, argument);
  const sides = argument.split("&&").flatMap((side) => parser._parse?.(side.trim()));
  if (!sides.every(isObject)) throw new ProtocolError("inject", "an argument of pat-inject", argument);
  const configs = sides.map((side) => ({ ...known, ...parser._cleanupOptions?.({ ...side }) }));
  // What is said twice is done once.
  return configs.length === 1
    ? configs
    : [...new Map(configs.map((config) => [JSON.stringify(config), config])).values()];
}

function readAttribute(parser: Parser, argument: string): InjectConfig[] {
  const carrier = dom.createElement("a");
  carrier.setAttribute("data-pat-inject", argument);
  const configs: unknown = parser.parse(carrier, {}, true);
  if (Array.isArray(configs) && configs.every(isObject)) return configs;
  throw new ProtocolError("inject", "an argument of pat-inject", argument);
}

function kindOf(action: string): Change["kind"] {
  if (/^content(before|after)$/.test(action)) return "inside";
  return /(before|after)$/.test(action) ? "beside" : "replacement";
}

function requireText(name: string, value: unknown): string {
  if (typeof value !== "string" || value === "") throw new ProtocolError(`inject, ${name}`, "a selector", value);
  return value;
}

function requireSelector(name: string, value: unknown): void {
  const selector = requireText(name, value);
  requireLength(`inject, ${name}`, selector, MAX_SELECTOR_LENGTH);
  if (!isSelector(selector)) throw new ProtocolError(`inject, ${name}`, "a selector that parses", selector);
}

function requireLength(name: string, { length }: string, most: number): void {
  if (length > most) throw new ProtocolError(name, `at most ${most} characters`, `${length} characters`);
}

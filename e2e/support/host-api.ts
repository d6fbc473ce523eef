/**
 * The host page's pat-inject and jQuery, typed as far as host.spec.ts asks them about themselves.
 *
 * Deliberately not the types of src/host.ts: these say what Patternslib has, those what the library uses of it.
 */
import type { JSHandle, Page } from "@playwright/test";
import { hostReady } from "./library-page.ts";

export interface Query extends Iterable<HTMLElement> {
  readonly [index: number]: HTMLElement;
  readonly length: number;
  find(selector: string): Query;
  on(type: string, listener: (event: Event, data: unknown) => void): Query;
  trigger(type: string, data?: readonly unknown[]): Query;
}

export interface Config {
  readonly url: string;
  readonly source?: string;
  readonly target?: string;
  readonly defaultSelector: string;
  readonly sourceMod?: string;
  readonly action?: string;
  $target?: Query;
  skipPatInjectHandler?: boolean;
}

export interface Parser {
  addArgument(name: string, value?: unknown, choices?: readonly string[]): void;
  parse(element: Element, options?: object, multiple?: boolean): unknown;
}

export interface PatInject {
  readonly trigger: string;
  readonly parser: Parser & { readonly constructor: new (name: string) => Parser };
  extractConfig($element: Query, options?: object): Config[];
  extractModifiers(config: object): boolean;
  verifyConfig(configs: Config[]): boolean;
  execute(configs: Config[], $element: Query): void;
  callTypeHandler(
    type: string,
    method: string,
    $element: Query,
    parameters: readonly unknown[],
  ): Promise<Query[] | null>;
  _parseRawHtml(html: string, url: string): Query;
  _sourcesFromHtml(html: string, url: string, sources: readonly string[]): Query[];
  _performInjection(target: Element, $element: Query, $sources: Query, config: Config, trigger: Element): void;
}

export interface HostApi {
  readonly registry: Record<string, unknown>;
  readonly inject: PatInject;
  readonly $: (elements: Element | string) => Query;
  /** Runs pat-inject for the element, as a click on it would. */
  readonly execute: (trigger: string) => void;
}

/** Waits for the host, then hands out what a test asks in the page: `(await hostApi(page)).evaluate(({ inject, $ }) => …)`. */
export async function hostApi(page: Page): Promise<JSHandle<HostApi>> {
  await hostReady(page);
  return page.evaluateHandle((): HostApi => {
    const globals: object = window;
    const registry = Reflect.get(globals, "__patternslib_registry");
    const inject: PatInject = registry.inject;
    const $: HostApi["$"] = Reflect.get(globals, "jQuery");
    return { registry, inject, $, execute: (trigger) => inject.execute(inject.extractConfig($(trigger)), $(trigger)) };
  });
}

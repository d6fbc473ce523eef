/** The rows of the tables: what is compared, and how each puts a message into its own words. */
import type { Kind, Message } from "./message.ts";
import { snippet, snippetUrl } from "./snippets.ts";

/**
 * What a row is compared as: the library, an earlier build of it, what is written without a library, or another one.
 * Earlier builds are only measured when one is given.
 */
export type Role = "library" | "before" | "by hand" | "peer";

export interface Row {
  readonly title: string;
  readonly role: Role;
  /** Addresses of the scripts that come after Patternslib's. */
  readonly scripts: readonly string[];
  readonly bodyAttributes?: string;
  /** Comes before the targets. */
  readonly body?: string;
  /** What is around a target on the page. */
  readonly around?: (item: number, target: string) => string;
  readonly encode: (message: Message) => string;
  /** The kinds of messages that the row does not support, and why. */
  readonly unsupported?: Partial<Record<Kind, string>>;
}

const SOCKJS = "/sockjs/sockjs.min.js";
const RAW_WEBSOCKET = "/push/websocket";
const BUILD = "/dist/pat-inject-async.min.js";
const BATCH_VIEW = "; batch: /@@snippets";

/** Where the server has the build that the library is compared with. */
export const BUILD_BEFORE = "/before/pat-inject-async.min.js";

export const ROWS = {
  ours: { ...ours(BUILD), role: "library", title: "pat-inject-async" },
  "ours-before": { ...ours(BUILD_BEFORE), role: "before", title: "pat-inject-async, before" },
  "ours-batch": { ...ours(BUILD, BATCH_VIEW), role: "library", title: "pat-inject-async, batch view" },
  "ours-batch-before": {
    ...ours(BUILD_BEFORE, BATCH_VIEW),
    role: "before",
    title: "pat-inject-async, batch view, before",
  },
  "raw-ws": {
    title: "by hand, raw WebSocket",
    role: "by hand",
    scripts: ["/glue/by-hand.js", "/glue/raw-ws.js"],
    encode: byHand,
  },
  "raw-sockjs": {
    title: "by hand, raw SockJS",
    role: "by hand",
    scripts: [SOCKJS, "/glue/by-hand.js", "/glue/raw-sockjs.js"],
    encode: byHand,
  },
  "raw-look-first": {
    title: "by hand, raw SockJS, looks for the target first",
    role: "by hand",
    scripts: [SOCKJS, "/glue/by-hand.js", "/glue/look-first.js", "/glue/raw-sockjs.js"],
    encode: byHand,
  },
  htmx2: {
    title: "htmx 2 + ws",
    role: "peer",
    scripts: ["/peers/htmx.org/dist/htmx.min.js", "/peers/htmx-ext-ws/dist/ws.min.js", "/glue/htmx.js"],
    body: `<div hx-ext="ws" ws-connect="${RAW_WEBSOCKET}"></div>`,
    encode: outOfBand,
  },
  htmx4: {
    title: "htmx 4 + ws",
    role: "peer",
    scripts: ["/peers/htmx4/dist/htmx.min.js", "/peers/htmx4/dist/ext/hx-ws.min.js", "/glue/htmx.js"],
    body: `<div hx-ws:connect="${RAW_WEBSOCKET}"></div>`,
    encode: outOfBand,
  },
  turbo: {
    title: "Turbo Streams",
    role: "peer",
    scripts: ["/peers/@hotwired/turbo/dist/turbo.es2017-umd.js", "/glue/turbo.js"],
    encode: (message) => {
      const { item, version, kind } = message;
      const frame = `<turbo-frame id="frame-${item}" src="${snippetUrl(item, version)}"></turbo-frame>`;
      const content = kind === "inline" ? snippet(message) : frame;
      return `<turbo-stream action="replace" target="item-${item}"><template>${content}</template></turbo-stream>`;
    },
  },
  "pat-push": {
    title: "Patternslib's pat-push",
    role: "peer",
    scripts: [SOCKJS, "/glue/pat-push.js"],
    around: (item, target) =>
      `<div class="pat-push" data-pat-push="url: ${snippetUrl(item, 1)}; push-id: item-${item}">${target}</div>`,
    encode: ({ item }) => `item-${item}`,
    unsupported: { inline: "a marker says only what to fetch" },
  },
  "pat-inject-naive": {
    title: "pat-inject per message",
    role: "peer",
    scripts: [SOCKJS, "/glue/pat-inject-naive.js"],
    encode: byHand,
    unsupported: { inline: "pat-inject fetches what it injects" },
  },
} as const satisfies Record<string, Row>;

export type RowName = keyof typeof ROWS;

export function isRowName(name: string): name is RowName {
  return Object.hasOwn(ROWS, name);
}

function ours(build: string, options = "") {
  return {
    scripts: [build],
    bodyAttributes: `class="pat-inject-async" data-pat-inject-async="url: /push${options}"`,
    encode: (message: Message) => {
      const element = `#item-${message.item}::element`;
      const source = message.hasSource ? `source: ${element}; ` : "";
      return JSON.stringify({ ...content(message), inject: `${source}target: ${element}` });
    },
  };
}

function byHand(message: Message): string {
  return JSON.stringify({ ...content(message), target: `item-${message.item}` });
}

function content(message: Message): { readonly html: string } | { readonly url: string } {
  return message.kind === "inline" ? { html: snippet(message) } : { url: snippetUrl(message.item, message.version) };
}

/** htmx fetches over a socket's message by way of an element that does so as soon as it is on the page. */
function outOfBand(message: Message): string {
  const { item, version, kind } = message;
  if (kind === "inline") return snippet(message, 'hx-swap-oob="true"');
  const fetches = `hx-get="${snippetUrl(item, version)}" hx-trigger="load" hx-swap="outerHTML"`;
  return `<div id="item-${item}" data-v="0" class="item" hx-swap-oob="true" ${fetches}></div>`;
}

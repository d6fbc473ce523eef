/** The rows of the tables: what is compared, and how each puts a message into its own words. */
import type { Kind, Message } from "./message.ts";
import { snippet, snippetUrl } from "./snippets.ts";

export interface Row {
  readonly title: string;
  /** Addresses of the scripts that come after Patternslib's. */
  readonly scripts: readonly string[];
  readonly bodyAttributes?: string;
  /** Comes before the targets. */
  readonly body?: string;
  /** What is around a target on the page. */
  readonly around?: (item: number, target: string) => string;
  readonly encode: (message: Message) => string;
  /** The kinds of messages that it cannot be given, and why. */
  readonly lacks?: Partial<Record<Kind, string>>;
}

const SOCKJS = "/sockjs/sockjs.min.js";
const RAW_WEBSOCKET = "/push/websocket";

export const ROWS = {
  ours: ours("pat-inject-async", ""),
  "ours-batch": ours("pat-inject-async, batch view", "; batch: /@@snippets"),
  "raw-ws": {
    title: "by hand, raw WebSocket",
    scripts: ["/glue/by-hand.js", "/glue/raw-ws.js"],
    encode: byHand,
  },
  "raw-sockjs": {
    title: "by hand, raw SockJS",
    scripts: [SOCKJS, "/glue/by-hand.js", "/glue/raw-sockjs.js"],
    encode: byHand,
  },
  "raw-look-first": {
    title: "by hand, raw SockJS, looks for the target first",
    scripts: [SOCKJS, "/glue/by-hand.js", "/glue/look-first.js", "/glue/raw-sockjs.js"],
    encode: byHand,
  },
  htmx2: {
    title: "htmx 2 + ws",
    scripts: ["/peers/htmx.org/dist/htmx.min.js", "/peers/htmx-ext-ws/dist/ws.min.js", "/glue/htmx.js"],
    body: `<div hx-ext="ws" ws-connect="${RAW_WEBSOCKET}"></div>`,
    encode: outOfBand,
  },
  htmx4: {
    title: "htmx 4 + ws",
    scripts: ["/peers/htmx4/dist/htmx.min.js", "/peers/htmx4/dist/ext/hx-ws.min.js", "/glue/htmx.js"],
    body: `<div hx-ws:connect="${RAW_WEBSOCKET}"></div>`,
    encode: outOfBand,
  },
  turbo: {
    title: "Turbo Streams",
    scripts: ["/peers/@hotwired/turbo/dist/turbo.es2017-umd.js", "/glue/turbo.js"],
    encode: ({ item, version, kind }) => {
      const frame = `<turbo-frame id="frame-${item}" src="${snippetUrl(item, version)}"></turbo-frame>`;
      const content = kind === "inline" ? snippet(item, version) : frame;
      return `<turbo-stream action="replace" target="item-${item}"><template>${content}</template></turbo-stream>`;
    },
  },
  "pat-push": {
    title: "Patternslib's pat-push",
    scripts: [SOCKJS, "/glue/pat-push.js"],
    around: (item, target) =>
      `<div class="pat-push" data-pat-push="url: ${snippetUrl(item, 1)}; push-id: item-${item}">${target}</div>`,
    encode: ({ item }) => `item-${item}`,
    lacks: { inline: "a marker says only what to fetch" },
  },
  "pat-inject-naive": {
    title: "pat-inject per message",
    scripts: [SOCKJS, "/glue/pat-inject-naive.js"],
    encode: byHand,
    lacks: { inline: "pat-inject fetches what it injects" },
  },
} as const satisfies Record<string, Row>;

export type RowName = keyof typeof ROWS;

export function isRowName(name: string): name is RowName {
  return Object.hasOwn(ROWS, name);
}

function ours(title: string, options: string): Row {
  return {
    title,
    scripts: ["/dist/pat-inject-async.min.js"],
    bodyAttributes: `class="pat-inject-async" data-pat-inject-async="url: /push${options}"`,
    encode: ({ item, version, kind }) =>
      JSON.stringify({
        ...(kind === "inline" ? { html: snippet(item, version) } : { url: snippetUrl(item, version) }),
        inject: `target: #item-${item}::element`,
      }),
  };
}

function byHand({ item, version, kind }: Message): string {
  const content = kind === "inline" ? { html: snippet(item, version) } : { url: snippetUrl(item, version) };
  return JSON.stringify({ ...content, target: `item-${item}` });
}

/** htmx fetches over a socket's message by way of an element that does so as soon as it is on the page. */
function outOfBand({ item, version, kind }: Message): string {
  if (kind === "inline") return snippet(item, version, 'hx-swap-oob="true"');
  const fetches = `hx-get="${snippetUrl(item, version)}" hx-trigger="load" hx-swap="outerHTML"`;
  return `<div id="item-${item}" data-v="0" class="item" hx-swap-oob="true" ${fetches}></div>`;
}

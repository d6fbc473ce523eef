/**
 * What the script brings along, without what browsers of this decade do not need. Each part that is replaced keeps the
 * interface that the rest of its package uses.
 */
import { fileURLToPath } from "node:url";
import type { Plugin } from "vite";

/** Listeners by type, for sockjs-client's own events and for those that it shows to its users. */
const EVENT_EMITTER = `
  export default function EventEmitter() {
    this.removeAllListeners();
  }
  const { prototype } = EventEmitter;
  prototype.removeAllListeners = function () {
    this._listeners = {};
  };
  prototype.on = prototype.addEventListener = function (type, listener) {
    // A new list: one event's listeners may be running.
    this._listeners[type] = [...(this._listeners[type] || []), listener];
  };
  prototype.once = function (type, listener) {
    let isOver;
    this.on(type, (...details) => {
      if (!isOver) listener(...details);
      isOver = true;
    });
  };
  prototype.emit = function (type, ...details) {
    for (const listener of this._listeners[type] || []) listener(...details);
  };
  prototype.dispatchEvent = function (event) {
    this.emit(event.type, event);
  };
`;

/** One request by XMLHttpRequest: emits \`chunk\` and \`finish\`, each with the status and all of the text so far. */
const XHR = `
  import EventEmitter from "events";
  import inherits from "inherits";
  export default function Xhr(method, url, payload, headers) {
    EventEmitter.call(this);
    this.timer = setTimeout(() => {
      const xhr = this.xhr = new XMLHttpRequest();
      xhr.open(method, url + "?t=" + Date.now());
      xhr.withCredentials = true;
      for (const name in headers) xhr.setRequestHeader(name, headers[name]);
      xhr.onreadystatechange = () => {
        const { readyState, status, responseText } = xhr;
        if (readyState === 3 && status === 200 && responseText) this.emit("chunk", status, responseText);
        if (readyState === 4) {
          this.emit("finish", status, responseText);
          this.close();
        }
      };
      xhr.send(payload);
    });
  }
  inherits(Xhr, EventEmitter);
  Xhr.prototype.close = function () {
    clearTimeout(this.timer);
    this.removeAllListeners();
    const { xhr } = this;
    if (!xhr) return;
    xhr.onreadystatechange = null;
    if (xhr.readyState < 4) xhr.abort();
  };
  Xhr.enabled = true;
`;

/** Asks the server for \`/info\`: emits \`finish\` with what it says, if that is JSON, and how long it took. */
const INFO = `
  import EventEmitter from "events";
  import inherits from "inherits";
  import Xhr from "sockjs-client/lib/transport/sender/xhr-cors";
  export default function InfoReceiver(url) {
    EventEmitter.call(this);
    const started = Date.now();
    const finish = (info) => {
      this.emit("finish", info, Date.now() - started);
      this.close();
    };
    this.timer = setTimeout(finish, 8000);
    this.request = new Xhr("GET", url + "/info", null);
    this.request.once("finish", (status, text) => {
      let info;
      try {
        info = status === 200 && JSON.parse(text);
      } catch {}
      finish(info);
    });
  }
  inherits(InfoReceiver, EventEmitter);
  InfoReceiver.prototype.close = function () {
    clearTimeout(this.timer);
    this.removeAllListeners();
    this.request.close();
  };
`;

/** The transports that the server offers. */
const TRANSPORTS = `
  import websocket from "sockjs-client/lib/transport/websocket";
  import streaming from "sockjs-client/lib/transport/xhr-streaming";
  import eventsource from "sockjs-client/lib/transport/eventsource";
  import polling from "sockjs-client/lib/transport/xhr-polling";
  const nullOrigin = location.origin === "null";
  export default ({ websocket: isOffered }) => [websocket, streaming, eventsource, polling].filter(
    (transport) => transport.enabled({ nullOrigin }) && (isOffered || transport !== websocket),
  );
`;

/** By the end of their path. Of the transports, those stay that need no more than CORS. */
const SOCKJS_PARTS: Readonly<Record<string, string>> = {
  events: EVENT_EMITTER,
  "/event/eventtarget": 'export { default } from "events";',
  "/event/event": "export default function (type) { this.type = type; }",
  "/event/close": "export default undefined;",
  "/event/trans-message": 'export default function (data) { this.type = "message"; this.data = data; }',
  "url-parse": "export default undefined;",
  inherits: "export default (child, parent) => Object.setPrototypeOf(child.prototype, parent.prototype);",
  "/info-receiver": INFO,
  "/driver/websocket": "export default globalThis.WebSocket;",
  eventsource: "export default globalThis.EventSource;",
  "/sender/xhr-cors": XHR,
  "/sender/xhr-local": "export default undefined;",
  "/utils/transport": TRANSPORTS,
  // An endpoint's URL has no query, so that a path can be added at its end.
  "/utils/url": "export default { addPath: (url, path) => url + path };",
};

/**
 * Functions of sockjs-client, by the end of their file's path, with what is left of them. The checks of options.ts on an
 * endpoint's URL are stricter than those here; a page has a body when the library begins; sockets are closed by
 * src/connection on `pagehide`, for a listener to `unload` would cost the back/forward cache.
 */
const SOCKJS_BODIES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "/lib/main.js": {
    SockJS: `
      EventTarget.call(this);
      const random = (Numbers, count) => crypto.getRandomValues(new Numbers(count)).join("");
      this.readyState = SockJS.CONNECTING;
      this._timeout = options.timeout;
      // Nobody may guess it.
      this._generateSessionId = () => random(Uint32Array, 3);
      this._server = random(Uint8Array, 1);
      this.url = url;
      this._ir = new InfoReceiver(url);
      this._ir.once("finish", this._receiveInfo.bind(this));
    `,
    close: "if (this.readyState < SockJS.CLOSING) this._close(1000);",
    send: "if (this.readyState === SockJS.OPEN) this._transport.send(JSON.stringify(data));",
    _receiveInfo: `
      this._ir = null;
      if (typeof info?.websocket !== "boolean") {
        this._close(1002);
        return;
      }
      this._rto = this.countRTO(rtt);
      this._transUrl = info.base_url || this.url;
      this._transports = transport(info);
      this._connect();
    `,
    _connect: `
      const Transport = this._transports.shift();
      if (!Transport) {
        this._close(2000);
        return;
      }
      const timeoutMs = Math.max(this._timeout, this._rto * Transport.roundTrips);
      this._transportTimeoutId = setTimeout(this._transportTimeout.bind(this), timeoutMs);
      const transportUrl = urlUtils.addPath(this._transUrl, "/" + this._server + "/" + this._generateSessionId());
      this.transport = Transport.transportName;
      this._transport = new Transport(transportUrl);
      this._transport.on("message", this._transportMessage.bind(this));
      this._transport.once("close", this._transportClose.bind(this));
    `,
    _transportClose: `
      this._transport?.removeAllListeners();
      this._transport = null;
      if (!userSetCode(code) && code !== 2000 && this.readyState === SockJS.CONNECTING) this._connect();
      else this._close(code);
    `,
    _open: `
      if (this.readyState !== SockJS.CONNECTING) {
        // The server has lost the session.
        this._close(1006);
        return;
      }
      clearTimeout(this._transportTimeoutId);
      this.readyState = SockJS.OPEN;
      this.dispatchEvent(new Event("open"));
    `,
    _close: `
      this._ir?.close();
      this._transport?.close();
      this._ir = this._transport = null;
      if (this.readyState === SockJS.CLOSED) return;
      this.readyState = SockJS.CLOSING;
      setTimeout(() => {
        this.readyState = SockJS.CLOSED;
        const event = new Event("close");
        event.code = code || 1000;
        this.dispatchEvent(event);
      });
    `,
  },
  "/websocket.js": {
    WebSocketTransport: `
      EventEmitter.call(this);
      this.ws = new WebsocketDriver("ws" + transUrl.slice(4) + "/websocket");
      this.ws.onmessage = ({ data }) => this.emit("message", data);
      const closed = (code, reason) => {
        this.emit("close", code, reason);
        this._cleanup();
      };
      this.ws.onclose = ({ code, reason }) => closed(code, reason);
      this.ws.onerror = () => closed(1006);
    `,
    _cleanup: `
      const { ws } = this;
      if (ws) ws.onmessage = ws.onclose = ws.onerror = null;
      this.ws = null;
      this.removeAllListeners();
    `,
  },
  "/ajax-based.js": {
    createAjaxSender: `
      return (url, payload, callback) => {
        const headers = { "Content-type": "text/plain" };
        const request = new AjaxObject("POST", urlUtils.addPath(url, "/xhr_send"), payload, headers);
        request.once("finish", (status) => callback(status === 200 || status === 204 ? null : { code: 1006 }));
        return () => {
          request.close();
          callback({ code: 1000 });
        };
      };
    `,
  },
  "/xhr-streaming.js": {
    XhrStreamingTransport: 'AjaxBasedTransport.call(this, transUrl, "/xhr_streaming", XhrReceiver, XHRCorsObject);',
    enabled: "return !info.nullOrigin;",
  },
  "/transport/eventsource.js": {
    EventSourceTransport:
      'AjaxBasedTransport.call(this, transUrl, "/eventsource", EventSourceReceiver, XHRCorsObject);',
  },
  "/xhr-polling.js": {
    XhrPollingTransport: 'AjaxBasedTransport.call(this, transUrl, "/xhr", XhrReceiver, XHRCorsObject);',
    enabled: "return !info.nullOrigin;",
  },
};

/** sockjs-client from its parts. */
export function slimSockJs(): Plugin {
  const prefix = "\0slim:";
  const missing = new Set(SOCKJS_CUTS);
  const cut = (code: string) =>
    SOCKJS_CUTS.reduce((rest, found) => {
      const [pattern, replacement] = found;
      if (rest.search(pattern) < 0) return rest;
      missing.delete(found);
      return rest.replace(pattern, replacement);
    }, code);
  return {
    name: "slim-sockjs",
    enforce: "pre",
    buildEnd() {
      for (const [pattern] of missing) this.error(`expected ${pattern} in sockjs-client, found none`);
    },
    async resolveId(id, importer, options) {
      // What src/connection/sockjs.ts does with the whole of it, is done here.
      if (id.endsWith("/sockjs.ts") || id === "sockjs-client") {
        return this.resolve("sockjs-client/lib/main.js", importer, options);
      }
      if (!importer?.includes("sockjs-client") && !importer?.startsWith(prefix)) return undefined;
      const part = Object.keys(SOCKJS_PARTS).find((name) => (name.startsWith("/") ? id.endsWith(name) : id === name));
      if (part) return prefix + part;
      return importer.startsWith(prefix) ? this.resolve(`${id}.js`, undefined, options) : undefined;
    },
    load: (id) => (id.startsWith(prefix) ? SOCKJS_PARTS[id.slice(prefix.length)] : undefined),
    transform(code, id) {
      // First of all: what is alike stands together, and compresses better.
      if (id.endsWith("/src/bundle.ts")) return { code: `import "sockjs-client";${code}`, map: null };
      if (!id.includes("sockjs-client/lib")) return undefined;
      const file = Object.keys(SOCKJS_BODIES).find((name) => id.endsWith(name));
      const whole = withBodies(code, SOCKJS_BODIES[file ?? ""] ?? {});
      return { code: asModule(cut(whole)), map: null, moduleSideEffects: false };
    },
  };
}

/** What of sockjs-client's files goes, or becomes something else. Each is found in one of them at least. */
const SOCKJS_CUTS: readonly (readonly [RegExp, string])[] = [
  // For debugging.
  [/^var debug = [\s\S]*?\n}\n/gm, ""],
  [/^ *debug\(.*\);\n/gm, ""],
  [/^\w+\.needBody = .*;$/gm, ""],
  // Reasons, which are told to nobody: the code of a close says enough.
  [/, 'Sending error: ' \+ err/g, ""],
  [/(?<=\b\d{4}), '[^']+'/g, ""],
  // What it exports is a function of the list of transports: here they are known.
  [/^module\.exports = function[\s\S]*/gm, "export default SockJS;"],
  [/module\.exports =/g, "export default"],
  [/^var transports;$/gm, ""],
  [/^SockJS\.[A-Z]+ = .*$/gm, ""],
  ...["CONNECTING", "OPEN", "CLOSING", "CLOSED"].map(
    (state, number) => [new RegExp(`\\bSockJS\\.${state}\\b`, "g"), `${number}`] as const,
  ),
];

/** CommonJS, as sockjs-client writes it, as a module, which can be merged with others. */
function asModule(code: string): string {
  const imports: string[] = [];
  const rest = code
    .replace(/(?:var|,) (\w+) = require\('([^']+)'\)(?:\.EventEmitter)?\s*;?/g, (_, name: string, path: string) => {
      imports.push(`import ${name} from "${path}";`);
      return "";
    })
    .replace(/^.*\brequire\(.*$/gm, "");
  return imports.join("\n") + rest;
}

/**
 * idiomorph without what is for `<head>`, for texts and for defaults: targets are in the body, content comes as nodes, and
 * src/injection/morph.ts says all that can be said. What fields hold is for it, too.
 */
const IDIOMORPH = {
  morph: `
    const newNode = document.createElement("div");
    newNode.append(...newContent);
    const ctx = createMorphContext(oldNode, newNode, config);
    saveAndRestoreFocus(ctx, () =>
      config.morphStyle === "innerHTML" ? morphChildren(ctx, oldNode, newNode) : morphOuterHTML(ctx, oldNode, newNode),
    );
    ctx.pantry.remove();
  `,
  morphOuterHTML: "morphChildren(ctx, oldNode.parentNode, newNode, oldNode, oldNode.nextSibling);",
  removeNode: `
    if (node === ctx.pantry) return;
    if (ctx.idMap.has(node)) moveBefore(ctx.pantry, node, null);
    else if (ctx.callbacks.beforeNodeRemoved(node) !== false) node.remove();
  `,
  morphNode: `
    if (ctx.callbacks.beforeNodeMorphed(oldNode, newContent) === false) return;
    morphAttributes(oldNode, newContent, ctx);
    morphChildren(ctx, oldNode, newContent);
    ctx.callbacks.afterNodeMorphed(oldNode, newContent);
  `,
  syncInputValue: "",
  ignoreValueOfActiveElement: "return false;",
  ignoreAttribute: "return ctx.callbacks.beforeAttributeUpdated(attr, element, updateType) === false;",
  createMorphContext: `
    const doc = document;
    return {
      target: oldNode,
      doc,
      config,
      callbacks: config.callbacks,
      pantry: createPantry(doc),
      activeElementAndParents: createActiveElementAndParents(oldNode, doc),
      ...createIdMaps(oldNode, newContent),
    };
  `,
};

/** What idiomorph asks of nodes: all are of this page's window. */
const IDIOMORPH_IS = `const is = {
  element: (value) => value instanceof Element,
  templateElement: (value) => value instanceof HTMLTemplateElement,
  inputElement: (value) => value instanceof HTMLInputElement,
  textAreaElement: (value) => value instanceof HTMLTextAreaElement,
};`;

/** What it asks of nodes, which a field of that name shadows in its form: it would stop, or go round in circles. */
const SHADOWABLE = new RegExp(
  `((?:\\b\\w+\\.)*\\b\\w+)(?=\\??\\.(?:${[
    "attributes childNodes contains firstChild getAttribute hasAttribute insertBefore localName moveBefore namespaceURI",
    "nextSibling nodeType parentElement parentNode querySelector querySelectorAll remove removeAttribute setAttributeNode",
    "tagName",
  ]
    .join(" ")
    .replaceAll(" ", "|")})\\b)`,
  "g",
);

const DOM = fileURLToPath(new URL("src/ground/dom.ts", import.meta.url));

const IDIOMORPH_CUTS: readonly (readonly [RegExp, string])[] = [
  [/^ {2}const \{ normalizeElement, [\s\S]*?\n {2}\}\)\(\);/m, ""],
  [/^ {2}const is = [\s\S]*?\n {2}\}\)\(\);/m, IDIOMORPH_IS],
  [/^ {6}if \(duplicateIds\.size[\s\S]*?\n {6}}/m, ""],
  [/"use strict";/, ""],
  [/^ {4}defaults,\n/m, ""],
  // Comments hold such words as the last one looks for.
  [/\/\*[\s\S]*?\*\/|\/\/.*$/gm, ""],
  [SHADOWABLE, "unshadowed($1)"],
];

export function slimIdiomorph(): Plugin {
  return {
    name: "slim-idiomorph",
    enforce: "pre",
    transform(code, id) {
      if (!id.includes("idiomorph.esm")) return undefined;
      const rest = IDIOMORPH_CUTS.reduce(
        (rest, [pattern, replacement]) => {
          if (rest.search(pattern) < 0) this.error(`expected ${pattern} in idiomorph, found none`);
          return rest.replace(pattern, replacement);
        },
        withBodies(code, IDIOMORPH),
      );
      return { code: `import { dom as document, unshadowed } from ${JSON.stringify(DOM)};${rest}`, map: null };
    },
  };
}

/** Names that sockjs-client and idiomorph have among themselves, and nobody else: the script has shorter ones. */
export const THEIR_NAMES = new RegExp(
  `^(${[
    "_listeners|_ir|_rto|_server|_timeout|_trans[A-Z]\\w*|_transport\\w*|_generateSessionId|_close|_open|_connect|_cleanup",
    "_chunkHandler|_scheduleReceiver|_receiveInfo|nullOrigin|sendBuffer|sendStop|sendSchedule|sendScheduleWait|bufferPosition|pollIsClosing",
    "receiveUrl|AjaxObject|Receiver|transportName|roundTrips|countRTO|removeAllListeners",
    "callbacks|morphStyle|restoreFocus|(before|after)Node(Added|Morphed|Removed)|beforeAttributeUpdated|(template|input|textArea)Element|__idiomorphRoot|activeElementAndParents|persistentIds|idMap|pantry",
  ].join("|")})$`,
);

/** Names that the parts of src have among themselves: shortened as well. src/names.test.ts proves that nobody else has them. */
export const OWN_NAMES = [
  "addRefreshed askAll backlog changesFor goesAlong hasSource hasTarget isAlike isBeside isForbidden isHeldUp isMorph isOwn isQueued isRead",
  "isReplacement isSessionOver isShareable isStill isTold isUnread isUnused jobs messaged overtaken overtakenBy rank renewed",
  "arrivalNumber plan prune selectorsFor sessionRenewed synchronised targetsFor unread unreadSince unwelcomed waitingFor",
].flatMap((line) => line.split(" "));

/** The code with other bodies in place of those of its functions with these names. */
function withBodies(code: string, bodies: Readonly<Record<string, string>>): string {
  return Object.entries(bodies).reduce((rest, [name, body]) => {
    const head = `^( *)(?:function |[\\w.]+\\.)${name}(?: = function)?\\([^)]*\\) `;
    const [whole] = new RegExp(`${head}\\{[\\s\\S]*?\\n\\1\\}`, "m").exec(rest) ?? [];
    if (!whole) throw new Error(`expected a function ${name}, found none`);
    return rest.replace(whole, () => `${new RegExp(head).exec(whole)?.[0]}{ ${body} }`);
  }, code);
}

/** sockjs-client in the script: from its parts, without what browsers of this decade do not need, and what nobody hears. */
import type { Plugin } from "vite";
import { withBodies } from "./bodies.ts";

/** Listeners by type, for sockjs-client's own events and for those that it shows to its users. */
const EVENT_EMITTER = `
  export default class EventEmitter {
    _listeners = {};
    addEventListener(type, listener) {
      this._listeners[type] = listener;
    }
    emit(type, ...details) {
      this._listeners[type]?.(...details);
    }
    // Then whatever still comes is heard by nobody.
    removeAllListeners() {
      this._listeners = {};
    }
  }
`;

/** One request by XMLHttpRequest: emits `chunk` at each change and, at its end, `finish`, with the status and all of the text so far. */
const XHR = `
  import EventEmitter from "events";
  export default class Xhr extends EventEmitter {
    constructor(method, url, payload) {
      super();
      const xhr = this.xhr = new XMLHttpRequest();
      xhr.open(method, url + "?t=" + Date.now());
      xhr.withCredentials = true;
      if (payload) xhr.setRequestHeader("Content-type", "text/plain");
      xhr.onreadystatechange = () => {
        const { readyState, status, responseText } = xhr;
        this.emit("chunk", status, responseText);
        if (readyState === 4) this.emit("finish", status, responseText);
      };
      xhr.send(payload);
    }
    close() {
      this.removeAllListeners();
      if (this.xhr.readyState < 4) this.xhr.abort();
    }
  }
`;

/** The transports that the server offers. */
const TRANSPORTS = `
  import websocket from "sockjs-client/lib/transport/websocket";
  import streaming from "sockjs-client/lib/transport/xhr-streaming";
  import eventsource from "sockjs-client/lib/transport/eventsource";
  import polling from "sockjs-client/lib/transport/xhr-polling";
  export default (info) => [websocket, streaming, eventsource, polling].slice(info.websocket ? 0 : 1);
`;

/** By the end of their path. Of the transports, those stay that need no more than CORS: every browser has them all. */
const SOCKJS_PARTS: Readonly<Record<string, string>> = {
  events: EVENT_EMITTER,
  "/event/eventtarget": 'export { default } from "events";',
  "/driver/websocket": "export default globalThis.WebSocket;",
  eventsource: "export default globalThis.EventSource;",
  "/sender/xhr-cors": XHR,
  "/lib/ajax-based": 'export { default } from "sockjs-client/lib/transport/lib/sender-receiver";',
  "/utils/transport": TRANSPORTS,
};

/**
 * Functions of sockjs-client, by the end of their file's path, with what is left of them. The checks of options.ts on an
 * endpoint's URL are stricter than those here, and it has no query, so that a path can be added at its end; a page has a
 * body when the library begins; sockets are closed by src/connection on `pagehide`, for a listener to `unload` would cost
 * the back/forward cache. Of a close, src/connection asks for no more than the code that the server has given.
 */
const SOCKJS_BODIES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "/lib/main.js": {
    SockJS: `
      super();
      this.readyState = SockJS.CONNECTING;
      this._timeout = options.timeout;
      this.url = url;
      const started = Date.now();
      this._ir = new Xhr("GET", url + "/info");
      this._ir.addEventListener("finish", (status, text) => {
        let info;
        try { info = status === 200 && JSON.parse(text); } catch {}
        this._receiveInfo(info, Date.now() - started);
      });
      // As long as sockjs-client waits for /info.
      this._transportTimeoutId = setTimeout(() => this._close(), 8000);
    `,
    close: "this._close();",
    send: "if (this.readyState === SockJS.OPEN) this._transport.send(JSON.stringify(data));",
    _receiveInfo: `
      if (typeof info?.websocket !== "boolean") return this._close();
      // Where round trips are short, sockjs-client would allow less than the timeout.
      this._timeout = Math.max(this._timeout, 8 * rtt);
      this._transUrl = info.base_url || this.url;
      this._transports = transport(info);
      this._connect();
    `,
    _connect: `
      const Transport = this._transports.shift();
      if (!Transport) return this._close();
      clearTimeout(this._transportTimeoutId);
      this._transportTimeoutId = setTimeout(() => this._transportClose(), this._timeout);
      // Nobody may guess the session.
      const [server, ...session] = crypto.getRandomValues(new Uint32Array(4));
      this.transport = Transport.transportName;
      // A page may be denied its WebSockets.
      try { this._transport = new Transport(this._transUrl + "/" + (server % 1000) + "/" + session.join("")); }
      catch { return this._connect(); }
      this._transport.addEventListener("message", (msg) => this._transportMessage(msg));
      this._transport.addEventListener("close", (code) => this._transportClose(code));
    `,
    _transportMessage: `
      // \`m\`, which it knows too, is no frame of the protocol.
      const type = msg[0];
      if (type === "o") this._open();
      if (type === "h") this.emit("heartbeat");
      let payload;
      try { payload = JSON.parse(msg.slice(1)); } catch {}
      if (!Array.isArray(payload)) return;
      if (type === "a") for (const data of payload) this.emit("message", { data });
      if (type === "c" && payload.length === 2) this._close(payload[0]);
    `,
    _transportClose: `
      this._transport.close();
      // A code that a server has set.
      if (this.readyState === SockJS.CONNECTING && !(code === 1000 || (code >= 3000 && code <= 4999))) this._connect();
      else this._close(code);
    `,
    _open: `
      // Again: the server has lost the session.
      if (this.readyState !== SockJS.CONNECTING) return this._close();
      clearTimeout(this._transportTimeoutId);
      this.readyState = SockJS.OPEN;
      this.emit("open");
    `,
    _close: `
      clearTimeout(this._transportTimeoutId);
      this._ir.close();
      this._transport?.close();
      if (this.readyState === SockJS.CLOSED) return;
      this.readyState = SockJS.CLOSED;
      setTimeout(() => this.emit("close", { code }));
    `,
  },
  "/websocket.js": {
    WebSocketTransport: `
      super();
      this.ws = new WebsocketDriver("ws" + transUrl.slice(4) + "/websocket");
      this.ws.onmessage = ({ data }) => this.emit("message", data);
      this.ws.onclose = this.ws.onerror = ({ code }) => this.emit("close", code);
    `,
    send: 'this.ws.send("[" + data + "]");',
    close: "this.removeAllListeners(); this.ws.close();",
  },
  "/buffered-sender.js": {
    BufferedSender: "super(); this.sendBuffer = []; this.url = url;",
    sendScheduleWait: `
      const tref = setTimeout(() => {
        this.sendStop = null;
        this.sendSchedule();
      }, 25);
      this.sendStop = () => clearTimeout(tref);
    `,
    sendSchedule: `
      if (!this.sendBuffer.length) return;
      const request = new Xhr("POST", this.url + "/xhr_send", "[" + this.sendBuffer + "]");
      this.sendBuffer = [];
      this.sendStop = () => request.close();
      request.addEventListener("finish", (status) => {
        if (status === 200 || status === 204) this.sendScheduleWait();
        else this.emit("close");
      });
    `,
    close: "this.removeAllListeners(); this.sendStop?.();",
  },
  "/sender-receiver.js": {
    // With what Polling does.
    SenderReceiver: `
      super(transUrl);
      const poll = () => {
        this.poll = new Receiver(transUrl + urlSuffix);
        this.poll.addEventListener("message", (msg) => this.emit("message", msg));
        this.poll.addEventListener("close", (isOver) => isOver ? this.emit("close") : poll());
      };
      poll();
    `,
    close: "super.close(); this.poll.abort();",
  },
  "/receiver/xhr.js": {
    XhrReceiver: `
      super();
      this.bufferPosition = 0;
      this.xo = new Xhr("POST", url);
      this.xo.addEventListener("chunk", (status, text) => this._chunkHandler(status, text));
      this.xo.addEventListener("finish", (status) => this.emit("close", status !== 200));
    `,
    _chunkHandler: `
      if (status !== 200) return;
      for (const msg of text.slice(this.bufferPosition).split("\\n").slice(0, -1)) {
        this.bufferPosition += msg.length + 1;
        if (msg) this.emit("message", msg);
      }
    `,
    abort: "this.removeAllListeners(); this.xo.close();",
  },
  "/receiver/eventsource.js": {
    EventSourceReceiver: `
      super();
      const es = this.es = new EventSourceDriver(url);
      es.onmessage = ({ data }) => this.emit("message", decodeURI(data));
      es.onerror = () => {
        const isOver = es.readyState === 2;
        es.close();
        setTimeout(() => this.emit("close", isOver), 200);
      };
    `,
    abort: "this.removeAllListeners(); this.es.close();",
  },
  "/xhr-streaming.js": { XhrStreamingTransport: 'super(transUrl, "/xhr_streaming", XhrReceiver);' },
  "/transport/eventsource.js": { EventSourceTransport: 'super(transUrl, "/eventsource", EventSourceReceiver);' },
  "/xhr-polling.js": { XhrPollingTransport: 'super(transUrl, "/xhr", XhrReceiver);' },
};

/** What of sockjs-client's files goes, or becomes something else. Each is found in one of them at least. */
const SOCKJS_CUTS: readonly (readonly [RegExp, string])[] = [
  // For debugging.
  [/^var debug = [\s\S]*?\n}\n/gm, ""],
  [/^ *debug\(.*\);\n/gm, ""],
  [/^\w+\.needBody = .*;$/gm, ""],
  // All send in the one way that is left.
  ...["sender", "senderFunc", "AjaxObject"].map((name) => [new RegExp(`, ${name}(?=[,)])`, "g"), ""] as const),
  // All transports need as many.
  [/^\w+\.roundTrips = 2;.*$/gm, ""],
  // What nothing is left for.
  [/^\w+\.enabled = [\s\S]*?\n};\n/gm, ""],
  ...["\\w+._cleanup", "SockJS._transportTimeout", "SockJS.countRTO", "EventSourceReceiver._close"].map(
    (name) => [new RegExp(`^${name.replace(".", "\\.prototype\\.")} = [\\s\\S]*?\\n};\\n`, "gm"), ""] as const,
  ),
  [/^function userSetCode[\s\S]*?\n}\n/gm, ""],
  // What it exports is a function of the list of transports: here they are known.
  [/^module\.exports = function[\s\S]*/gm, "export default SockJS;"],
  [/module\.exports =/g, "export default"],
  [/^var transports;$/gm, ""],
  [/^SockJS\.version = .*$/gm, ""],
  [/^SockJS\.[A-Z]+ = .*$/gm, ""],
  ...["CONNECTING", "OPEN", "CLOSED"].map(
    (state, number) => [new RegExp(`\\bSockJS\\.${state}\\b`, "g"), `${number}`] as const,
  ),
  // Constructors with prototypes, as classes.
  [/^function (\w+)(\([\s\S]*?\})\s+inherits\(\1, (\w+)\);/gm, "class $1 extends $3 {\nconstructor$2"],
  [/^\w+\.prototype\.(\w+) = function(\(.*)/gm, "$1$2"],
  [/^\w+\.(transportName = .*)$/gm, "static $1"],
  [/^export default \w+;/gm, "}\n$&"],
];

/** CommonJS, as sockjs-client writes it, as a module, which can be merged with others. */
function asModule(code: string): string {
  const imports = ['import Xhr from "sockjs-client/lib/transport/sender/xhr-cors";'];
  const rest = code
    .replace(/(?:var|,) (\w+) = require\('([^']+)'\)(?:\.EventEmitter)?\s*;?/g, (_, name: string, path: string) => {
      imports.push(`import ${name} from "${path}";`);
      return "";
    })
    .replace(/^.*\brequire\(.*$/gm, "");
  return imports.join("\n") + rest;
}

/** sockjs-client from its parts. */
export function slimSockJs(): Plugin {
  const prefix = "\0slim:";
  const missing = new Set(SOCKJS_CUTS);
  const unused = new Set(Object.keys(SOCKJS_BODIES));
  const fileOf = (id: string) => Object.keys(SOCKJS_BODIES).find((name) => id.endsWith(name));
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
    buildEnd(error) {
      if (error) return;
      for (const file of unused) this.error(`expected ${file} in sockjs-client, found none`);
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
      // What is left of the others asks for no more.
      if (!fileOf(`${id}.js`)) return `${prefix}nothing`;
      return importer.startsWith(prefix) ? this.resolve(`${id}.js`, undefined, options) : undefined;
    },
    load(id) {
      if (!id.startsWith(prefix)) return undefined;
      return SOCKJS_PARTS[id.slice(prefix.length)] ?? "export default undefined;";
    },
    transform(code, id) {
      // First of all: what is alike stands together, and compresses better.
      if (id.endsWith("/src/bundle.ts")) return { code: `import "sockjs-client";${code}`, map: null };
      if (!id.includes("sockjs-client/lib")) return undefined;
      const file = fileOf(id) ?? "";
      unused.delete(file);
      const whole = withBodies(code, SOCKJS_BODIES[file] ?? {});
      return { code: asModule(cut(whole)), map: null, moduleSideEffects: false };
    },
  };
}

/**
 * What the script brings along, without what browsers of this decade do not need. Each part that is replaced keeps the
 * interface that the rest of its package uses.
 */
import type { Plugin } from "vite";

const EMITTER = 'require("sockjs-client/lib/event/emitter.js").EventEmitter';

/** One request by XMLHttpRequest: emits `chunk` and `finish`, each with the status and all of the text so far. */
const XHR = `
  const EventEmitter = ${EMITTER};
  module.exports = Xhr;
  function Xhr(method, url, payload, { noCredentials, headers = {} } = {}) {
    EventEmitter.call(this);
    this.timer = setTimeout(() => {
      const xhr = this.xhr = new XMLHttpRequest();
      xhr.open(method, url + "?t=" + Date.now());
      xhr.withCredentials = !noCredentials;
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
  Object.setPrototypeOf(Xhr.prototype, EventEmitter.prototype);
  Xhr.prototype.close = function () {
    clearTimeout(this.timer);
    this.removeAllListeners();
    if (!this.xhr) return;
    this.xhr.onreadystatechange = null;
    if (this.xhr.readyState < 4) this.xhr.abort();
    this.xhr = null;
  };
  Xhr.enabled = Xhr.supportsCORS = true;
`;

/** Asks the server for \`/info\`: emits \`finish\` with what it says, if that is JSON, and how long it took. */
const INFO = `
  const EventEmitter = ${EMITTER};
  const Xhr = require("sockjs-client/lib/transport/driver/xhr");
  module.exports = InfoReceiver;
  function InfoReceiver(url) {
    EventEmitter.call(this);
    const started = Date.now();
    this.timer = setTimeout(() => this.finish(), 8000);
    this.request = new Xhr("GET", url + "/info", null);
    this.request.once("finish", (status, text) => {
      let info;
      try {
        info = status === 200 && JSON.parse(text);
      } catch {}
      this.finish(info, Date.now() - started);
    });
  }
  Object.setPrototypeOf(InfoReceiver.prototype, EventEmitter.prototype);
  InfoReceiver.prototype.finish = function (info, duration) {
    this.emit("finish", info, duration);
    this.close();
  };
  InfoReceiver.prototype.close = function () {
    clearTimeout(this.timer);
    this.removeAllListeners();
    this.request.close();
  };
`;

/** Numbers and names that nobody can guess. */
const RANDOM = `
  const bytes = (count) => crypto.getRandomValues(new Uint8Array(count));
  exports.string = (length) => Array.from(bytes(length), (byte) => (byte % 32).toString(32)).join("");
  exports.number = (max) => crypto.getRandomValues(new Uint32Array(1))[0] % max;
  exports.numberString = (max) => String(exports.number(max)).padStart(String(max - 1).length, "0");
`;

/** Sockets are closed by src/connection on `pagehide`: a listener to `unload` would cost the back/forward cache. */
const UNLOADING = `
  exports.attachEvent = (type, listener) => addEventListener(type, listener);
  exports.detachEvent = (type, listener) => removeEventListener(type, listener);
  exports.unloadAdd = exports.unloadDel = exports.triggerUnloadCallbacks = () => {};
`;

/** An endpoint's URL has no query, so that a path can be added at its end. */
const URLS = `
  exports.getOrigin = (url) => new URL(url).origin;
  exports.isOriginEqual = (a, b) => new URL(a).origin === new URL(b).origin;
  exports.isSchemeEqual = (a, b) => new URL(a).protocol === new URL(b).protocol;
  exports.addPath = (url, path) => url + path;
  exports.addQuery = (url, query) => url + "?" + query;
  exports.isLoopbackAddr = (host) => /^(127(\\.\\d+){3}|\\[::1\\])$/.test(host);
`;

/** By the end of their path. Of the transports, those stay that need no more than CORS. */
const SOCKJS_PARTS: Readonly<Record<string, string>> = {
  "/shims": "",
  "url-parse": "module.exports = class extends URL { set(name, value) { this[name] = value; } };",
  inherits: "module.exports = (child, parent) => { Object.setPrototypeOf(child.prototype, parent.prototype); };",
  "/transport-list": `module.exports = [
    require("sockjs-client/lib/transport/websocket.js"),
    require("sockjs-client/lib/transport/xhr-streaming.js"),
    require("sockjs-client/lib/transport/eventsource.js"),
    require("sockjs-client/lib/transport/xhr-polling.js"),
  ];`,
  "/iframe-bootstrap": "module.exports = () => {};",
  "/info-receiver": INFO,
  "/driver/xhr": XHR,
  "/utils/escape": "exports.quote = JSON.stringify;",
  "/utils/log": "module.exports = console;",
  "/utils/browser": `module.exports = {
    isOpera: () => false, isKonqueror: () => false, hasDomain: () => location.origin !== "null",
  };`,
  "/utils/random": RANDOM,
  "/utils/event": UNLOADING,
  "/utils/url": URLS,
};

/** sockjs-client from its parts. */
export function slimSockJs(): Plugin {
  const prefix = "\0slim:";
  return {
    name: "slim-sockjs",
    enforce: "pre",
    async resolveId(id, importer, options) {
      if (id === "sockjs-client/dist/sockjs.min.js")
        return this.resolve("sockjs-client/lib/entry.js", importer, options);
      if (!importer?.includes("sockjs-client") && !importer?.startsWith(prefix)) return undefined;
      const part = Object.keys(SOCKJS_PARTS).find((name) => id.endsWith(name));
      if (part) return prefix + part;
      return importer.startsWith(prefix) ? this.resolve(id, undefined, options) : undefined;
    },
    load: (id) => (id.startsWith(prefix) ? SOCKJS_PARTS[id.slice(prefix.length)] : undefined),
  };
}

/** idiomorph without what is for `<head>` and for texts: targets are in the body, and content comes as nodes. */
export function slimIdiomorph(): Plugin {
  const bodies = { withHeadBlocking: "return callback(ctx);", handleHeadElement: "return [];", parseContent: "" };
  return {
    name: "slim-idiomorph",
    enforce: "pre",
    transform(code, id) {
      if (!id.includes("idiomorph.esm")) return undefined;
      const slim = Object.entries(bodies).reduce((rest, [name, body]) => {
        const [whole] = new RegExp(`( +)function ${name}\\([^)]*\\) \\{[\\s\\S]*?\\n\\1\\}`).exec(rest) ?? [];
        if (!whole) throw new Error(`idiomorph: expected a function ${name}, found none`);
        return rest.replace(whole, whole.replace(/\{[\s\S]*/, `{ ${body} }`));
      }, code);
      return { code: slim, map: null };
    },
  };
}

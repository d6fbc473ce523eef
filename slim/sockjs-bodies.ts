/** What is left of sockjs-client's functions, and what stands in place of some of its files. Knows nothing of the build. */

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
export const SOCKJS_PARTS: Readonly<Record<string, string>> = {
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
export const SOCKJS_BODIES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
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

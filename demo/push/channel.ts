/**
 * One open socket: sockjs's connection on the one side, the subscriptions of its user on the other, and what goes on as long
 * as it is open. There may be tens of thousands, so each holds little, and no function of its own.
 */
import type { CloseCode } from "./close-codes.ts";
import { COME_BACK, SESSION_OVER } from "./close-codes.ts";
import type { Visit } from "./door/entrance.ts";
import type { Ending, SessionWatch, Watched } from "./door/session-watch.ts";
import { messageFrame } from "./sockjs/frames.ts";
import type { Heartbeats } from "./sockjs/heartbeat.ts";
import type { Connection } from "./sockjs/server.ts";
import { type ClosablePeer, Subscriptions, type SubscriptionsOptions } from "./subscriptions.ts";

/** What all channels of a gateway share. */
export interface ChannelOptions extends SubscriptionsOptions {
  readonly watch: SessionWatch;
  readonly heartbeats: Heartbeats;
  /** It is open no more. */
  readonly onEnd: (channel: Channel) => void;
}

export class Channel implements ClosablePeer, Watched {
  readonly user: string;
  readonly cookie: string | undefined;
  readonly #options: ChannelOptions;
  readonly #connection: Connection;
  readonly #outlet: Visit["outlet"];
  /** Null for the HTTP transports. */
  readonly #socket: Visit["socket"];
  readonly #subscriptions: Subscriptions;
  readonly #heartbeat: number;
  #isOpen = true;

  constructor(connection: Connection, visit: Visit, options: ChannelOptions) {
    const { user, cookie, outlet, socket } = visit;
    this.user = user;
    this.cookie = cookie;
    this.#options = options;
    this.#connection = connection;
    this.#outlet = outlet;
    this.#socket = connection.protocol === "websocket" ? socket : null;
    this.#subscriptions = new Subscriptions(options, user, this);
    this.#heartbeat = this.#socket === null ? 0 : options.heartbeats.start(this.#socket);
    options.watch.watch(this);
    outlet.listen(this);
    // The session stays claimed until sockjs forgets it, which may be some time after the socket was closed.
    const claim = visit.hold();
    connection.on("data", (data: unknown) => this.#subscriptions.receive(data));
    connection.on("close", () => {
      this.#end();
      claim?.release();
    });
  }

  ready(): boolean {
    return this.#outlet.ready;
  }

  send(text: string): void {
    // sockjs frames a message for each socket anew.
    if (this.#socket?.writable) {
      this.#socket.write(messageFrame(text));
      return;
    }
    this.#outlet.count(text);
    this.#connection.write(text);
  }

  /** What is sent until `uncork` goes out at once. */
  cork(): void {
    this.#socket?.cork();
  }

  uncork(): void {
    this.#socket?.uncork();
  }

  /** The browser reads again. */
  wake(): void {
    this.#subscriptions.wake();
  }

  over(ending: Ending): void {
    this.shut(ending === "logged out" ? SESSION_OVER : COME_BACK);
  }

  close(code: CloseCode): void {
    // sockjs emits all messages of one frame in a loop, which fails when the connection is closed within it.
    setImmediate(() => this.shut(code));
  }

  /** At once. */
  shut({ code, reason }: CloseCode): void {
    this.#end();
    this.#connection.close(code, reason);
  }

  #end(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    const { watch, heartbeats, onEnd } = this.#options;
    this.#subscriptions.stop();
    watch.unwatch(this);
    this.#outlet.unlisten(this);
    if (this.#socket !== null) heartbeats.stop(this.#socket, this.#heartbeat);
    onEnd(this);
  }
}

/**
 * sockjs-client, loaded without its `unload` listener, and with a judgement of its own on `/info`. For the ESM build: in the
 * script slim/sockjs.ts stands in this file's place, with less of sockjs-client, and has to do the same.
 *
 * A page with an `unload` listener is never put into the back/forward cache. sockjs-client adds one while it loads, to
 * close its sockets; connection.ts closes them on `pagehide`, which has no such price. Modules are evaluated in the order
 * of their imports: the first one, alone on its line so that no tool moves it, takes effect before sockjs-client loads.
 */
import "./sockjs-unload.ts";
// The `dist` build: sockjs-client's `lib` needs Node's `global`.
import SockJS from "sockjs-client/dist/sockjs.min.js";
import { restoreAddEventListener } from "./sockjs-unload.ts";

restoreAddEventListener();

/**
 * When `/info` has status 200 and is not SockJS's (a maintenance page, a login), sockjs-client takes it for `{}`, and polls
 * in a tight loop. Here it counts as no answer, which closes the socket.
 */
export default class CheckedSockJS extends SockJS {
  override _receiveInfo(info: object | undefined, roundTripMs: number): void {
    const isInfo = info && "websocket" in info && typeof info.websocket === "boolean";
    super._receiveInfo(isInfo ? info : undefined, roundTripMs);
  }
}

/**
 * sockjs-client, loaded without its `unload` listener.
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

export default SockJS;

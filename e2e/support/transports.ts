/** The transports that the library brings, and how a test makes sure which one is used. */
import type { PushServer } from "./push-server.ts";
import type { Transport } from "./sockjs-endpoint.ts";

/** As SockJS names them, in its order. */
export const TRANSPORTS = ["websocket", "xhr-streaming", "eventsource", "xhr-polling"] as const;

/** All that SockJS may try, by their addresses. */
export const ADDRESSES: readonly Transport[] = [
  "websocket",
  "xhr_streaming",
  "eventsource",
  "htmlfile",
  "xhr",
  "jsonp",
];

/** Before the page is loaded. Otherwise SockJS would go on to the next one when the machine is slow. */
export function blockAllBut(push: PushServer, transport: (typeof TRANSPORTS)[number]): void {
  const address = transport === "xhr-polling" ? "xhr" : transport.replace("-", "_");
  push.blockTransports(...ADDRESSES.filter((other) => other !== address));
}

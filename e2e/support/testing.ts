/**
 * `pat-inject-async/testing`: a scripted push server for the tests of those who use the library, the same that the library's
 * own tests use. With Playwright, pages are recorded; without a browser, it serves any SockJS client.
 */
export type { EventName, PageEvent } from "./page-events.ts";
export type { PushSocket } from "./push-socket.ts";
export type { Welcome, WelcomePolicy } from "./push-stream.ts";
export { drainEvents, nextEvent, type PageIncident, type PageRecord, record, troubles } from "./recorder.ts";
export type { Message } from "./replay-log.ts";
export type { LoggedRequest } from "./request-log.ts";
export { type PushServer, type PushServerOptions, startPushServer } from "./scripted-server.ts";
export { type Answer, type HttpReply, NETWORK_ERROR, type Reply, type Snippet } from "./snippet.ts";
export type { Transport } from "./sockjs-endpoint.ts";

/** A small site for the tests of the gateway: a Plone that only knows who is who, a bus, and gateways on real sockets. */
import { createServer, type RequestListener, type Server } from "node:http";
import type { TestContext } from "node:test";
import express from "express";
import type { Bus } from "../../bus/bus.ts";
import { createMemoryBus } from "../../bus/memory.ts";
import type { Publication } from "../../protocol.ts";
import { createIdentity } from "../door/identity.ts";
import { createGateway, type Gateway, type GatewayOptions } from "../gateway.ts";
import { Browser, type Headers } from "./browser.ts";

export const message = (url: string): Publication => ({ type: "inject", url });

/** Answers `@@whoami` from a table of cookies. */
export class FakePlone {
  readonly users = new Map([
    ["__ac=jane", "jane"],
    ["__ac=joe", "joe"],
  ]);
  up = true;
  asked = 0;
  #waiting: { readonly until: number; readonly resolve: () => void } | undefined;

  /** Resolves after `count` more questions. */
  questions(count: number): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting = { until: this.asked + count, resolve };
    });
  }

  readonly listener: RequestListener = (request, response) => {
    this.asked += 1;
    if (this.asked === this.#waiting?.until) this.#waiting.resolve();
    if (!this.up) {
      response.writeHead(502).end();
      return;
    }
    const id = this.users.get(request.headers.cookie ?? "") ?? null;
    response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify({ id }));
  };
}

export interface Site {
  readonly bus: Bus;
  readonly plone: FakePlone;
  readonly gateway: Gateway;
  readonly server: Server;
  /** Where the gateway listens, which is also the origin of the site's pages. */
  readonly origin: string;
  readonly log: string[];
  /** The headers of a page of this site, with the user's cookie. */
  as(user: string): Headers;
  /** A browser of this user. */
  open(user: string, path?: string): Browser;
}

let sessions = 0;

/** A path for a new SockJS session. */
export function newSession(transport: string): string {
  sessions += 1;
  return `/push/000/session${sessions}/${transport}`;
}

export async function startSite(
  t: TestContext,
  { bus = createMemoryBus(), ...options }: Partial<GatewayOptions> = {},
): Promise<Site> {
  const plone = new FakePlone();
  const ploneUrl = await listen(t, createServer(plone.listener));
  const log: string[] = [];
  const whoami = createIdentity({ ploneUrl });
  const gateway = createGateway({ bus, whoami, log: (line) => log.push(line), disconnectDelayMs: 200, ...options });

  const app = express();
  app.use(gateway.middleware);
  app.get("/elsewhere", (_request, response) => void response.send("not the gateway's"));
  const server = createServer(app);
  gateway.attach(server);
  const origin = await listen(t, server);
  t.after(() => gateway.close());

  const as = (user: string) => ({ Cookie: `__ac=${user}`, Origin: origin });
  const open = (user: string, path = newSession("websocket")) => new Browser(`${origin}${path}`, as(user));
  return { bus, plone, gateway, server, origin, log, as, open };
}

/** Waits, turn by turn of the event loop, for a condition that has no event. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

/** Listens on a free port until the test ends. */
export async function listen(t: TestContext, server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error(`expected a port, found ${address}`);
  return `http://127.0.0.1:${address.port}`;
}

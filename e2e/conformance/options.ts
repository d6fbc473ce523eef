/** What `npm run conformance` is told about the server under test. */
import { parseArgs } from "node:util";

export interface ConformanceOptions {
  /** Absolute URL of the SockJS endpoint, e.g. `http://127.0.0.1:8081/push`. */
  readonly endpoint: URL;
  /** Origin of the pages. Default the endpoint's own. */
  readonly origin: string;
  /** Where the server reads streams, and so where messages are published. */
  readonly redis: string | undefined;
  /** A command that publishes instead; it gets the user's id and the message, as JSON, as two more arguments. */
  readonly publish: string | undefined;
  /** The port at which the suite answers `/@@whoami` for the server under test. */
  readonly whoamiPort: number | undefined;
  /** Where the server asks somebody else who is who: the Cookie headers of two users, by their ids. */
  readonly cookies: ReadonlyMap<string, string>;
  /** With so many sockets of one user the server has had enough. */
  readonly maxSockets: number | undefined;
  /** The longest time, in seconds, until a session that has ended is noticed. */
  readonly recheckSeconds: number;
  /** The longest time, in seconds, between two heartbeats. */
  readonly heartbeatSeconds: number;
}

export const USAGE = `npm run conformance -- <url of the SockJS endpoint> [options]

How messages are published, one of
  --redis <url>          to streams in Redis, as PROTOCOL.md says
  --publish <command>    by a command that is given a user and a message as two more arguments

Who is who, one of
  --whoami <port>        the suite answers GET /@@whoami at this port of 127.0.0.1: start the server with it
  --user <id>=<cookie>   twice: the Cookie headers of two users who are logged in

  --origin <origin>      of the pages; by default the endpoint's own
  --max-sockets <n>      the server's limit for one user, to have it tested
  --recheck <seconds>    the longest time until the server sees that a session has ended; default 30
  --heartbeat <seconds>  the longest time between two heartbeats; default 30`;

/** @throws {Error} with what was expected and what was found. */
export function readOptions(args: readonly string[]): ConformanceOptions {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      redis: { type: "string" },
      publish: { type: "string" },
      whoami: { type: "string" },
      user: { type: "string", multiple: true },
      origin: { type: "string" },
      "max-sockets": { type: "string" },
      recheck: { type: "string" },
      heartbeat: { type: "string" },
    },
  });
  const [url, ...more] = positionals;
  if (url === undefined || !URL.canParse(url) || more.length > 0) {
    throw new Error(`expected one URL of an endpoint, found ${positionals.join(" ") || "none"}`);
  }
  const { redis, publish, user = [] } = values;
  if ((redis === undefined) === (publish === undefined)) throw new Error("expected either --redis or --publish");
  const whoamiPort = wholeNumber("whoami", values.whoami);
  const cookies = new Map(user.map(parseUser));
  if (whoamiPort === undefined ? cookies.size !== 2 : cookies.size > 0) {
    throw new Error("expected either --whoami or two different --user");
  }
  const endpoint = new URL(url.replace(/\/+$/, ""));
  return {
    endpoint,
    origin: values.origin ?? endpoint.origin,
    redis,
    publish,
    whoamiPort,
    cookies,
    maxSockets: wholeNumber("max-sockets", values["max-sockets"]),
    recheckSeconds: wholeNumber("recheck", values.recheck) ?? 30,
    heartbeatSeconds: wholeNumber("heartbeat", values.heartbeat) ?? 30,
  };
}

function parseUser(text: string): readonly [string, string] {
  const [, id, cookie] = /^([^=]+)=(.+)$/.exec(text) ?? [];
  if (id === undefined || cookie === undefined) throw new Error(`--user: expected <id>=<cookie>, found ${text}`);
  return [id, cookie];
}

function wholeNumber(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new Error(`--${name}: expected a whole number above 0, found ${text}`);
  return Number(text);
}

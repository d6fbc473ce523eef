/** Page-wide: one endpoint for each URL, connected as long as an element uses it. */
import type { ConnectionState } from "../ground/events.ts";
import type { Position } from "../ground/protocol.ts";
import { Endpoint, type Subscriber } from "./endpoint.ts";

/**
 * How long an endpoint without elements stays connected, in milliseconds: when a placeholder is replaced by the next one,
 * the new one comes only after the old one went.
 */
const LINGER_MS = 1_000;

const endpoints = new Map<string, Endpoint>();
/** Where each endpoint's stream was left: what this page has seen must not be replayed to it. */
const positions = new Map<string, Position>();
const closing = new Map<string, ReturnType<typeof setTimeout>>();

export interface Subscription {
  /** State of the endpoint's connection. */
  readonly state: ConnectionState;
  /** Safe to call twice. */
  end(): void;
}

/** Use the endpoint of the subscriber's options until the subscription is ended. */
export function subscribe(subscriber: Subscriber): Subscription {
  const { url } = subscriber.options;
  clearTimeout(closing.get(url));
  closing.delete(url);
  const known = endpoints.get(url);
  const endpoint = known ?? open(subscriber);
  endpoint.add(subscriber);
  if (!known) endpoint.start();
  return {
    get state() {
      return endpoint.state;
    },
    end() {
      endpoint.remove(subscriber);
      if (!endpoint.isUnused || endpoints.get(url) !== endpoint || closing.has(url)) return;
      closing.set(
        url,
        setTimeout(() => close(url), LINGER_MS),
      );
    },
  };
}

function open({ options }: Subscriber): Endpoint {
  const endpoint = new Endpoint(options, positions.get(options.url) ?? options.position);
  endpoints.set(options.url, endpoint);
  return endpoint;
}

function close(url: string): void {
  closing.delete(url);
  const endpoint = endpoints.get(url);
  if (!endpoint) return;
  if (endpoint.position !== null) positions.set(url, endpoint.position);
  endpoint.stop();
  endpoints.delete(url);
}

/** Page-wide: one endpoint for each URL, connected as long as an element uses it. */
import type { Positions } from "../connection/streams.ts";
import type { ConnectionState } from "../ground/events.ts";
import type { Position } from "../ground/position.ts";
import type { Topic } from "../ground/topics.ts";
import { Endpoint, type Subscriber } from "./endpoint.ts";

/**
 * How long an endpoint without elements stays connected, in milliseconds: when a placeholder is replaced by the next one,
 * the new one comes only after the old one went.
 */
const LINGER_MS = 3_000;

const endpoints = new Map<string, Endpoint>();
/** Where each endpoint's streams were left: what this page has seen must not be replayed to it. */
const left = new Map<string, Positions>();
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
  const { url, position, topics } = options;
  const seen = left.get(url);
  const endpoint = new Endpoint(options, {
    own: seen?.own ?? position,
    topics: topics.map((topic) => ({ ...topic, position: positionIn(topic, seen) ?? topic.position })),
  });
  endpoints.set(url, endpoint);
  return endpoint;
}

function positionIn({ name }: Topic, seen: Positions | undefined): Position | null | undefined {
  return seen?.topics.find((topic) => topic.name === name)?.position;
}

function close(url: string): void {
  closing.delete(url);
  const endpoint = endpoints.get(url);
  if (!endpoint) return;
  left.set(url, endpoint.positions);
  endpoint.stop();
  endpoints.delete(url);
}

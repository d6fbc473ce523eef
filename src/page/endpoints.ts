/** Page-wide: one endpoint for each URL, connected as long as an element uses it. */
import type { Positions } from "../connection/streams.ts";
import type { ConnectionState } from "../ground/events.ts";
import type { Position } from "../ground/position.ts";
import { Timer } from "../ground/timer.ts";
import type { Topic } from "../ground/topics.ts";
import { Endpoint, type Subscriber } from "./endpoint.ts";

/**
 * How long an endpoint without elements stays connected, in milliseconds: when a placeholder is replaced by the next one,
 * the new one comes only after the old one went.
 */
const LINGER_MS = 3_000;

/** Where each endpoint's streams were left: what this page has seen must not be replayed to it. */
const left = new Map<string, Positions>();
const endpoints = new Map<string, Kept>();

interface Kept {
  readonly endpoint: Endpoint;
  /** Runs while no element uses it. */
  readonly linger: Timer;
}

export interface Subscription {
  /** State of the endpoint's connection. */
  readonly state: ConnectionState;
  /** Safe to call twice. */
  end(): void;
}

/** Use the endpoint of the subscriber's options until the subscription is ended. */
export function subscribe(subscriber: Subscriber): Subscription {
  const { url } = subscriber.options;
  const known = endpoints.get(url);
  const { endpoint, linger } = known ?? open(subscriber);
  linger.stop();
  endpoint.add(subscriber);
  if (!known) endpoint.start();
  return {
    get state() {
      return endpoint.state;
    },
    end() {
      endpoint.remove(subscriber);
      if (endpoint.isUnused && endpoints.get(url)?.endpoint === endpoint) linger.start(LINGER_MS);
    },
  };
}

function open({ options }: Subscriber): Kept {
  const { url, position, topics } = options;
  const seen = left.get(url);
  const endpoint = new Endpoint(options, {
    own: seen?.own ?? position,
    topics: topics.map((topic) => ({ ...topic, position: positionIn(topic, seen) ?? topic.position })),
  });
  const linger = new Timer(() => {
    left.set(url, endpoint.positions);
    endpoint.stop();
    endpoints.delete(url);
  });
  const kept = { endpoint, linger };
  endpoints.set(url, kept);
  return kept;
}

function positionIn({ name }: Topic, seen: Positions | undefined): Position | null | undefined {
  return seen?.topics.find((topic) => topic.name === name)?.position;
}

/** Page-wide: one channel for each endpoint, open as long as an element uses it. */
import { Channel, type Subscriber } from "./channel.ts";
import type { ConnectionState } from "./connection.ts";
import { startDebug } from "./debug.ts";
import type { Position } from "./protocol.ts";

/**
 * How long a channel without elements stays open, in milliseconds: when a placeholder is replaced by the next one, the
 * new one comes only after the old one went.
 */
const LINGER = 1_000;
/** Pause between a removal and the look at what it took along, in milliseconds: removals come in bursts. */
const SETTLE = 50;

const channels = new Map<string, Channel>();
/** Where each endpoint's stream was left: what this page has seen must not be replayed to it. */
const positions = new Map<string, Position>();
const closing = new Map<string, ReturnType<typeof setTimeout>>();
let observer: MutationObserver | undefined;
let stopDebug: (() => void) | undefined;
let check: ReturnType<typeof setTimeout> | undefined;

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
  let channel = channels.get(url);
  if (channel) {
    channel.add(subscriber);
  } else {
    stopDebug ??= startDebug();
    channel = new Channel(subscriber.options, positions.get(url) ?? subscriber.options.position);
    channels.set(url, channel);
    channel.add(subscriber);
    channel.start();
  }
  watchRemovals();
  const subscribed = channel;
  return {
    get state() {
      return subscribed.state;
    },
    end() {
      subscribed.remove(subscriber);
      if (subscribed.empty && channels.get(url) === subscribed && !closing.has(url)) {
        closing.set(
          url,
          setTimeout(() => close(url), LINGER),
        );
      }
    },
  };
}

function close(url: string): void {
  closing.delete(url);
  const channel = channels.get(url);
  if (!channel) return;
  if (channel.position !== null) positions.set(url, channel.position);
  channel.stop();
  channels.delete(url);
  if (channels.size > 0) return;
  stopDebug?.();
  stopDebug = undefined;
  observer?.disconnect();
  observer = undefined;
  clearTimeout(check);
  check = undefined;
}

/** Nobody calls `destroy` when content is replaced: see it for ourselves. */
function watchRemovals(): void {
  if (observer) return;
  observer = new MutationObserver((mutations) => {
    if (mutations.some((mutation) => mutation.removedNodes.length > 0)) {
      check ??= setTimeout(() => {
        check = undefined;
        for (const channel of channels.values()) channel.checkElements();
      }, SETTLE);
    }
  });
  observer.observe(document, { childList: true, subtree: true });
}

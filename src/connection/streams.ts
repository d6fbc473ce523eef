/**
 * The streams that one connection carries: the user's own, and those of the topics that the page may listen to, each with a
 * place of its own. Pure.
 */
import type { Position, ResumeMessage, ServerMessage } from "../ground/protocol.ts";
import type { Topic } from "../ground/topics.ts";
import { Stream, type StreamListener } from "./stream.ts";

/** Where the page is in each of its streams; null where that is not known. */
export interface Positions {
  readonly own: Position | null;
  readonly topics: readonly Topic[];
}

export class Streams {
  readonly #own: Stream;
  readonly #topics: ReadonlyMap<string, { readonly topic: Topic; readonly stream: Stream }>;

  constructor({ own, topics }: Positions, listener: StreamListener) {
    this.#own = new Stream(own, listener);
    this.#topics = new Map(
      topics.map((topic) => [topic.name, { topic, stream: new Stream(topic.position, listener) }]),
    );
  }

  /** The newest positions seen. */
  get positions(): Positions {
    const topics = [...this.#topics.values()].map(({ topic, stream }) => ({ ...topic, position: stream.position }));
    return { own: this.#own.position, topics };
  }

  /** A connection has opened. Returns what to tell the server. */
  opened(): ResumeMessage {
    const position = this.#own.opened();
    const topics = [...this.#topics.values()].map(({ topic, stream }) => [topic.grant, stream.opened()] as const);
    return { type: "resume", position, ...(topics.length > 0 ? { topics: Object.fromEntries(topics) } : {}) };
  }

  closed(): void {
    for (const stream of this.#all()) stream.closed();
  }

  /** No `welcome` came in time where there is none: a server without replay, or a topic that it does not grant. */
  unwelcomed(): void {
    for (const stream of this.#all()) stream.unwelcomed();
  }

  /** A message of a topic that was not asked for is not for this page. */
  received(message: ServerMessage): void {
    const stream = message.topic === undefined ? this.#own : this.#topics.get(message.topic)?.stream;
    stream?.received(message);
  }

  #all(): Stream[] {
    return [this.#own, ...[...this.#topics.values()].map(({ stream }) => stream)];
  }
}

/**
 * Who gets which message when: answers `resume`, replays what was missed, sends what is broadcast.
 *
 * Knows nothing of HTTP or of how sockets come to be.
 */
import type { PushSocket } from "./push-socket.ts";
import { type Message, ReplayLog } from "./replay-log.ts";

/**
 * The answer to a `resume`.
 *
 * - `recover`: a welcome and everything missed, or an explicit gap where the log does not reach back.
 * - `gap`: a welcome that says nothing can be replayed, always.
 * - `ignore`: nothing, like a server that knows only the shorthand.
 * - a message: that, as it is.
 */
export type Welcome = "recover" | "gap" | "ignore" | Message;

/** What a test may say about it: one answer for all, or a function of the position the browser sent. */
export type WelcomePolicy = Welcome | ((position: unknown) => Welcome);

export class PushStream {
  policy: WelcomePolicy;
  readonly #log: ReplayLog;
  readonly #live = new Set<PushSocket>();
  /** Sockets that have not resumed yet, with the position at which they opened: what is broadcast until then waits. */
  readonly #opened = new Map<PushSocket, string>();
  /** What each socket gets as soon as it is live, besides the stream. */
  readonly #kept = new Set<Message>();

  constructor(policy: WelcomePolicy, replay: number) {
    this.policy = policy;
    this.#log = new ReplayLog(replay);
  }

  get position(): string {
    return this.#log.position;
  }

  join(socket: PushSocket): void {
    socket.onMessage((text) => this.#hear(socket, text));
    if (this.policy === "ignore") this.#live.add(socket);
    else this.#opened.set(socket, this.position);
    void socket.closed.then(() => {
      this.#live.delete(socket);
      this.#opened.delete(socket);
    });
  }

  #hear(socket: PushSocket, text: string): void {
    const resume = parseResume(text);
    if (resume === undefined) return;
    const openedAt = this.#opened.get(socket) ?? this.position;
    this.#opened.delete(socket);
    this.#live.add(socket);
    this.#answer(socket, resume.position, openedAt);
    for (const message of this.#kept) socket.send(message);
  }

  /** Sends a message without a position to everyone, and to everyone who comes, after the replay. Returns how to stop. */
  keepSending(message: Message): () => void {
    this.#kept.add(message);
    for (const socket of this.#live) socket.send(message);
    return () => this.#kept.delete(message);
  }

  broadcast(message: Message): Message {
    const sent = this.#log.append(message);
    for (const socket of this.#live) socket.send(sent);
    return sent;
  }

  #answer(socket: PushSocket, position: unknown, openedAt: string): void {
    const welcome = typeof this.policy === "function" ? this.policy(position) : this.policy;
    if (welcome === "ignore") return;
    if (typeof welcome === "object") {
      socket.send(welcome);
      return;
    }
    // A browser without a position starts where the stream was when its socket opened, so that nothing falls between.
    const missed = welcome === "gap" ? undefined : this.#log.since(position === null ? openedAt : String(position));
    const reached = position === null && missed !== undefined ? openedAt : this.position;
    socket.send({ type: "welcome", position: reached, recovered: missed !== undefined });
    for (const message of missed ?? []) socket.send(message);
  }
}

function parseResume(text: string): { readonly position: unknown } | undefined {
  try {
    const message: unknown = JSON.parse(text);
    const isResume = typeof message === "object" && message !== null && "type" in message && message.type === "resume";
    return isResume && "position" in message ? { position: message.position } : undefined;
  } catch {
    return undefined; // not ours to judge: the test finds it in socket.received
  }
}

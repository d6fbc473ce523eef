/**
 * A back end that publishes as fast as Redis takes it: XADD and PUBLISH, as in examples/, many on their way at once. Writes Redis's
 * protocol by itself, so that it takes as little as possible of the processors that the gateway is measured on.
 */
import { connect, type Socket } from "node:net";
import { whileProgress } from "./bounds.ts";

export class Publisher {
  readonly #socket: Socket;
  #rounds = 0;
  #bytes = 0;

  constructor(redisUrl: string) {
    const { hostname, port } = new URL(redisUrl);
    this.#socket = connect(Number(port), hostname).setNoDelay(true);
  }

  /** Publishes to each of these streams. Resolves when Redis has all. */
  async publish(keys: readonly string[], message: string): Promise<void> {
    this.#rounds += 1;
    const end = `end-${this.#rounds}-`;
    const commands = keys.flatMap((key) => [
      command("XADD", key, "MAXLEN", "~", "1000", "*", "message", message),
      command("PUBLISH", key, ""),
    ]);
    const done = this.#until(end);
    const bytes = this.#bytes;
    this.#socket.write([...commands, command("ECHO", end)].join(""));
    await whileProgress(
      done,
      () => this.#bytes,
      () => `expected Redis to take ${commands.length} commands, found ${this.#bytes - bytes} bytes of answers`,
    );
  }

  close(): void {
    this.#socket.destroy();
  }

  #until(end: string): Promise<void> {
    return new Promise((resolve, reject) => {
      let last = "";
      const take = (chunk: Buffer) => {
        this.#bytes += chunk.length;
        const text = last + chunk.toString("latin1");
        last = text.slice(-end.length);
        if (!text.includes(end)) return;
        this.#socket.off("data", take).off("error", reject).off("close", lost);
        resolve();
      };
      const lost = () => reject(new Error("expected the connection to Redis to stay, found it closed"));
      this.#socket.on("data", take).on("error", reject).on("close", lost);
    });
  }
}

function command(...words: readonly string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join("")}`;
}

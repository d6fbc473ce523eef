/** The gateway's figures in Prometheus' text format. */
import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { Bus } from "../../bus/bus.ts";
import type { Meter, RefusalReason } from "../meter.ts";

/** What is looked at when the figures are asked for. */
export interface Observed {
  sockets(): number;
  users(): number;
  isRedisUp(): boolean;
}

/** From a reading of a stream that is near to one that had to wait for Redis to come back, in seconds. */
const READ_BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 15];

export class Metrics {
  readonly #registry = new Registry();
  readonly #counter = (name: string, help: string) =>
    new Counter({ name: `inject_async_${name}_total`, help, registers: [this.#registry] });
  readonly #wakeUps = this.#counter("wake_ups", "Times that a socket's reader was woken.");
  readonly #reads = new Histogram({
    name: "inject_async_read_seconds",
    help: "Duration of reading a stream.",
    buckets: READ_BUCKETS,
    registers: [this.#registry],
  });

  /** What the gateway is to be given. */
  readonly meter: Meter;

  constructor() {
    const sent = this.#counter("messages_sent", "Messages sent to browsers.");
    const replays = this.#counter("replays", "Streams that browsers resumed from their position.");
    const gaps = this.#counter("gaps", "Streams in which browsers were told of a gap.");
    const crowded = this.#counter("crowded", "Sockets refused because their user had too many.");
    const refused = new Counter({
      name: "inject_async_refused_total",
      help: "Requests refused at the door, by reason.",
      labelNames: ["reason"],
      registers: [this.#registry],
    });
    this.meter = {
      sent: () => sent.inc(),
      replayed: () => replays.inc(),
      gap: () => gaps.inc(),
      crowded: () => crowded.inc(),
      refused: (reason: RefusalReason) => refused.inc({ reason }),
    };
  }

  /** The same bus, whose readings are timed and whose wake-ups are counted. */
  measure(bus: Bus): Bus {
    return {
      publish: (audience, message) => bus.publish(audience, message),
      position: (audience) => bus.position(audience),
      close: () => bus.close(),
      read: (audience, after, isLive) => {
        const end = this.#reads.startTimer();
        const reading = bus.read(audience, after, isLive);
        if (reading instanceof Promise) return reading.finally(end);
        end();
        return reading;
      },
      listen: (audience, wake) =>
        bus.listen(audience, () => {
          this.#wakeUps.inc();
          wake();
        }),
    };
  }

  observe({ sockets, users, isRedisUp }: Observed): void {
    const gauge = (name: string, help: string, value: () => number) =>
      new Gauge({
        name: `inject_async_${name}`,
        help,
        registers: [this.#registry],
        collect() {
          this.set(value());
        },
      });
    gauge("sockets", "Open sockets, of all transports.", sockets);
    gauge("users", "Users with an open socket.", users);
    gauge("redis_up", "1 while Redis can be used.", () => Number(isRedisUp()));
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }
}

/** A task worker's figures in Prometheus' text format, on a port that no browser can reach. */
import { createServer, type Server } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { Result, TaskMeter } from "../tasks/redis/meter.ts";
import type { TaskCounts } from "../tasks/task.ts";

/** What is looked at when the figures are asked for. */
export interface ObservedTasks {
  /** Of all workers together. */
  counts(): Promise<TaskCounts>;
  isRedisUp(): boolean;
}

/** From a small picture to the longest conversion, in seconds. */
const TASK_BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300];

/** Whoever asks waits no longer for Redis. */
const COUNTS_TIMEOUT_MS = 2_000;

export class WorkerMetrics {
  readonly #registry = new Registry();
  readonly #observed: ObservedTasks;
  readonly #gauge = (name: string, help: string) =>
    new Gauge({ name: `inject_async_${name}`, help, registers: [this.#registry] });
  readonly #isRedisUp = this.#gauge("redis_up", "1 while Redis can be used.");
  readonly #waiting = this.#gauge("tasks_waiting", "Tasks that wait, of all workers together.");
  readonly #running = this.#gauge("tasks_running", "Tasks that run, of all workers together.");
  readonly #dead = this.#gauge("tasks_dead", "Dead letters, of all workers together.");

  /** What the worker is to be given. */
  readonly meter: TaskMeter;

  constructor(observed: ObservedTasks) {
    this.#observed = observed;
    const registers = [this.#registry];
    const ended = new Counter({
      name: "inject_async_tasks_total",
      help: "Attempts at tasks by this worker, by how they ended: done, retried or failed.",
      labelNames: ["name", "result"],
      registers,
    });
    const seconds = new Histogram({
      name: "inject_async_task_seconds",
      help: "Duration of attempts at tasks by this worker.",
      labelNames: ["name"],
      buckets: TASK_BUCKETS,
      registers,
    });
    this.meter = {
      ended: (name: string, result: Result, duration: number) => {
        ended.inc({ name, result });
        seconds.observe({ name }, duration);
      },
    };
  }

  /** Answers `/metrics`. */
  server(): Server {
    return createServer(async (request, response) => {
      if (request.method !== "GET" || request.url?.split("?", 1)[0] !== "/metrics") {
        response.writeHead(404).end("the worker's figures are at /metrics\n");
        return;
      }
      response.writeHead(200, { "Content-Type": this.#registry.contentType }).end(await this.#text());
    });
  }

  async #text(): Promise<string> {
    const isUp = this.#observed.isRedisUp();
    this.#isRedisUp.set(Number(isUp));
    // Without Redis nobody knows: no figure is better than an old one, or than no answer.
    const late = sleep(COUNTS_TIMEOUT_MS, undefined, { ref: false });
    const counts = isUp ? await Promise.race([this.#observed.counts().catch(() => undefined), late]) : undefined;
    this.#waiting.set(counts?.waiting ?? Number.NaN);
    this.#running.set(counts?.running ?? Number.NaN);
    this.#dead.set(counts?.failed ?? Number.NaN);
    return await this.#registry.metrics();
  }
}

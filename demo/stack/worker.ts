/**
 * A task worker as a process of its own: it posts tasks to Plone's worker instance, ends the documents whose tasks are dead,
 * and queues again what was lost. Several may run.
 */
import { startHttp, stopHttp } from "../http.ts";
import { Content } from "../plone/content/content.ts";
import { persistently } from "../plone/workspace/persistently.ts";
import { abandonTask } from "../plone/workspace/preview-task.ts";
import { Publisher } from "../plone/workspace/publisher.ts";
import { TaskWorker } from "../tasks/redis/worker.ts";
import type { WorkerConfig } from "./config.ts";
import { LostDocuments } from "./lost-documents.ts";
import { type Log, openParts, type Running, running, type Stops } from "./parts.ts";
import { WorkerMetrics } from "./worker-metrics.ts";

/** @throws when Redis cannot be used; then nothing is left running. */
export function startWorker(config: WorkerConfig, log: Log): Promise<Running> {
  return running(async (stops) => {
    const { bus, queue, outbox } = await openParts(config, stops, log);
    const content = await Content.open(config.dataDir, log);
    const publisher = new Publisher(bus);
    const metrics = new WorkerMetrics({ counts: () => queue.counts(), isRedisUp: () => bus.isUp });
    const internalUrl = config.internal && (await startMetrics(metrics, config.internal, stops));
    const lost = new LostDocuments({ content, publisher, queue, outbox, log });
    stops.add(() => lost.close());
    const worker = new TaskWorker({
      queue,
      workerUrl: config.ploneWorkerUrl,
      concurrency: config.concurrency,
      meter: metrics.meter,
      onDead: (task) => persistently(() => abandonTask(task, content, publisher)),
      log,
    });
    stops.add(() => worker.close());
    const { origin } = new URL(config.ploneWorkerUrl);
    return `worker of ${origin}${internalUrl === undefined ? "" : ` internal ${internalUrl}`}`;
  });
}

async function startMetrics(
  metrics: WorkerMetrics,
  { port, host }: NonNullable<WorkerConfig["internal"]>,
  stops: Stops,
): Promise<string> {
  const server = metrics.server();
  const url = await startHttp(server, port, host);
  stops.add(() => stopHttp(server));
  return url;
}

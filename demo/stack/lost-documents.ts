/**
 * Documents that wait for a task which is nowhere: the process died between its answer and queueing the task, or Redis has lost
 * what it had. What the outbox has kept is queued again. Without the user's cookie nobody can: then the document ends with a
 * sentence and a button.
 */
import type { Content } from "../plone/content/content.ts";
import type { StoredDocument } from "../plone/content/document.ts";
import { persistently } from "../plone/workspace/persistently.ts";
import { abandonInterrupted, findInterrupted, taskUrl } from "../plone/workspace/preview-task.ts";
import type { Publisher } from "../plone/workspace/publisher.ts";
import { whileRedisIsThere } from "../tasks/redis/connection.ts";
import type { RedisQueue } from "../tasks/redis/queue.ts";
import type { Task } from "../tasks/task.ts";
import type { FileOutbox } from "./outbox.ts";

export interface LostDocumentsOptions {
  readonly content: Content;
  readonly publisher: Publisher;
  readonly queue: Pick<RedisQueue, "store" | "redis" | "enqueue">;
  readonly outbox: FileOutbox;
  readonly log: (line: string) => void;
}

const INTERVAL_MS = 2_000;
/** A task is queued after its response has been sent. Queued twice meanwhile, it is done once. */
const GRACE_MS = 2_000;
/** Its upload may not have got as far as the outbox. */
const GRACE_WITHOUT_TASK_MS = 6_000;

export class LostDocuments {
  readonly #options: LostDocumentsOptions;
  readonly #timer: NodeJS.Timeout;
  /** Documents without a task, by uid: since when, by `performance.now`. */
  #since: ReadonlyMap<string, number> = new Map();
  #looking: Promise<void> | undefined;

  constructor(options: LostDocumentsOptions) {
    this.#options = options;
    this.#timer = setInterval(() => {
      this.#looking ??= this.#look()
        .catch((error: unknown) => options.log(`lost documents: ${error}`))
        .finally(() => {
          this.#looking = undefined;
        });
    }, INTERVAL_MS);
  }

  /** Safe to call twice. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await whileRedisIsThere(this.#options.queue.redis, Promise.resolve(this.#looking));
  }

  async #look(): Promise<void> {
    const { content, queue, outbox } = this.#options;
    // In this order: whatever is kept or queued in between belongs to a document that is not looked at.
    const kept = await outbox.names();
    const unfinished = await findInterrupted(content);
    const now = performance.now();
    const urls = unfinished.length === 0 ? new Set<string>() : await queue.store.urls();
    const without = unfinished.filter(({ uid }) => !urls.has(taskUrl(uid)));
    this.#since = new Map(without.map(({ uid }) => [uid, this.#since.get(uid) ?? now]));
    for (const document of without) {
      const lostFor = now - (this.#since.get(document.uid) ?? now);
      if (lostFor < GRACE_MS) continue;
      const task = await outbox.recall(taskUrl(document.uid));
      if (task) await this.#queue(document, task);
      else if (lostFor >= GRACE_WITHOUT_TASK_MS) await this.#end(document);
    }
    const needed = new Set(unfinished.map(({ uid }) => outbox.nameOf(taskUrl(uid))));
    for (const name of kept) if (!needed.has(name)) await outbox.forget(name);
  }

  async #queue(document: StoredDocument, task: Task): Promise<void> {
    const { publisher, queue, log } = this.#options;
    log(`${document.uid}: its task was lost, and is queued again`);
    await queue.enqueue(task);
    // Whoever died before queueing it may not have told of the document either.
    await publisher.uploaded(document);
  }

  async #end(document: StoredDocument): Promise<void> {
    const { content, publisher, log } = this.#options;
    log(`${document.uid}: its task is lost`);
    await persistently(async () => {
      await abandonInterrupted([document], content, publisher);
      await publisher.uploaded(document);
    });
  }
}

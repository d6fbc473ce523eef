/**
 * `npm run dead -- list` shows the tasks that were given up; `npm run dead -- requeue [id …]` has some or all of them done
 * again, as far as their users' tickets are still valid.
 */
import { Content } from "../plone/content/content.ts";
import { reviveTask } from "../plone/workspace/preview-task.ts";
import { Publisher } from "../plone/workspace/publisher.ts";
import { readDeadConfig } from "./config.ts";
import { openParts, Stops } from "./parts.ts";

const log = (line: string): void => {
  process.stderr.write(`${line}\n`);
};
const print = (...columns: readonly string[]): void => {
  process.stdout.write(`${columns.join("\t")}\n`);
};

const stops = new Stops();
try {
  await run(process.argv.slice(2));
} catch (error) {
  log(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
} finally {
  await stops.close();
}

async function run([command, ...ids]: readonly string[]): Promise<void> {
  if (command !== "list" && command !== "requeue") throw new Error("expected list, or requeue [id …]");
  const config = readDeadConfig(process.env);
  const { bus, queue } = await openParts(config, stops, log);
  const letters = (await queue.dead()).filter(({ id }) => ids.length === 0 || ids.includes(id));
  if (command === "list") {
    for (const { id, at, user, name, url, reason } of letters) print(id, at.toISOString(), user, name, url, reason);
    return;
  }
  const content = await Content.open(config.dataDir, log);
  const publisher = new Publisher(bus);
  for (const letter of letters) {
    const isBack = await queue.requeue(letter.id, () => reviveTask(letter, content, publisher));
    print(letter.id, isBack ? "requeued" : "left: its user's ticket has expired, only the user can try again");
  }
}

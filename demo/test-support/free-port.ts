/** Ports for processes that have to be told theirs. */
import { once } from "node:events";
import { createServer } from "node:net";

/** Below those that the system gives to connections: a process that is started again finds its port free. */
const [FIRST, LAST] = [10_000, 30_000];

/** The first of `count` ports in a row on which nobody listens: a multiple of `count`. */
export async function freePort(count = 1): Promise<number> {
  for (;;) {
    const first = count * Math.floor((FIRST + Math.random() * (LAST - FIRST)) / count);
    const areFree = await Promise.all(Array.from({ length: count }, (_, index) => isFree(first + index)));
    if (areFree.every(Boolean)) return first;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, "127.0.0.1");
  const isListening = await once(server, "listening").then(
    () => true,
    () => false,
  );
  if (isListening) await new Promise((resolve) => server.close(resolve));
  return isListening;
}

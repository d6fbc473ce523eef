/** Two Redis servers for tests: a master, its replica, and one address that leads to whichever of them is to be used. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { pipeline } from "node:stream";
import { Redis } from "ioredis";
import { type RedisServer, startRedis } from "./redis.ts";

/** What a test or a suite has. */
interface Owner {
  after(undo: () => Promise<void>): void;
}

export interface RedisPair {
  /** The address's. */
  readonly url: string;
  readonly replica: RedisServer;
  /** The replica gets all that has been written, and nothing after it: it is a master from now on. */
  promote(): Promise<void>;
  /** The master of before dies, and the address leads to the one that was promoted. */
  failOver(): Promise<void>;
}

/** With `everysec`, a write that meets a running fsync is not in the file yet when the server is killed. */
const SETTINGS = ["--appendonly", "yes", "--appendfsync", "always", "--repl-diskless-sync-delay", "0"];

export async function startRedisPair(owner: Owner): Promise<RedisPair> {
  const [master, replica] = [await startRedis(owner, SETTINGS), await startRedis(owner, SETTINGS)];
  let { port } = master;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    pipeline(socket, connect(port, "127.0.0.1"), socket, () => sockets.delete(socket));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  owner.after(async () => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const address = server.address();
  assert.ok(typeof address === "object" && address !== null);
  return {
    url: `redis://127.0.0.1:${address.port}`,
    replica,
    async promote() {
      const [onMaster, onReplica] = [new Redis(master.url), new Redis(replica.url)];
      await onReplica.replicaof("127.0.0.1", master.port);
      // It waits for a connection's own writes.
      await onMaster.set("written", "before");
      assert.equal(await onMaster.wait(1, 0), 1);
      // After its first synchronisation its append-only file is written anew, and until then it keeps nothing.
      while (!/aof_rewrite_in_progress:0\s+aof_rewrite_scheduled:0/.test(await onReplica.info("persistence")));
      await onReplica.replicaof("NO", "ONE");
      for (const client of [onMaster, onReplica]) client.disconnect();
    },
    async failOver() {
      await master.kill();
      port = replica.port;
    },
  };
}

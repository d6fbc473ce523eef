/** `npm run push`: the gateway over Redis, until it is told to stop. A second signal stops it at once. */
import closeWithGrace from "close-with-grace";
import { readPushConfig } from "../config.ts";
import { type PushServer, startPush } from "./server.ts";

const log = (line: string): void => {
  process.stderr.write(`${line}\n`);
};
let push: PushServer | undefined;

// Without a limit of its own: each part limits itself.
closeWithGrace({ delay: false, logger: { error: (message) => log(String(message)) } }, async ({ err: error }) => {
  // Before "ready" an error is the configuration's, Redis's or the port's, and its message says all.
  if (error) log((push && error.stack) || error.message);
  await push?.close();
});

push = await startPush(readPushConfig(process.env), log);
process.stdout.write(`ready ${push.url} internal ${push.internalUrl}\n`);

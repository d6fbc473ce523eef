/** `npm start`: the demo in one process, until it is told to stop. A second signal stops it at once. */
import closeWithGrace from "close-with-grace";
import { readConfig } from "./config.ts";
import { createDemo, type Demo } from "./server.ts";

const log = (line: string): void => {
  process.stderr.write(`${line}\n`);
};
let demo: Demo | undefined;
let isReady = false;

// Without a limit of its own: a conversion under way may take a minute, and each part of the demo limits itself.
closeWithGrace({ delay: false, logger: { error: (message) => log(String(message)) } }, async ({ err: error }) => {
  // Before "ready" an error is the configuration's or the port's, and its message says all.
  if (error) log((isReady && error.stack) || error.message);
  await demo?.close();
});

demo = createDemo(readConfig(process.env), log);
const url = await demo.listen();
isReady = true;
process.stdout.write(`ready ${url}\n`);

/** `npm start`: the demo in one process, until it is told to stop. */
import { readConfig } from "./config.ts";
import { createDemo } from "./server.ts";

const log = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

try {
  const demo = createDemo(readConfig(process.env), log);
  let isStopping = false;
  const stop = (): void => {
    // Whoever presses Ctrl-C a second time does not want to wait for a conversion.
    if (isStopping) process.exit(130);
    isStopping = true;
    void demo.close();
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, stop);
  try {
    process.stdout.write(`ready ${await demo.listen()}\n`);
  } catch (error) {
    await demo.close(); // what had been started before the error
    throw error;
  }
} catch (error) {
  log(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}

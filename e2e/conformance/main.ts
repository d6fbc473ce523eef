/** `npm run conformance -- <url> …`: whether the push server at that endpoint keeps PROTOCOL.md. */
import { readOptions, USAGE } from "./options.ts";
import { conformance } from "./suite.ts";

try {
  conformance(readOptions(process.argv.slice(2)));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n\n${USAGE}\n`);
  process.exitCode = 2;
}

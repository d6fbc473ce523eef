/** Entry for bundlers: `import "pat-inject-async"` registers the pattern with the page's Patternslib. */
import { register } from "./pattern.ts";

export type { ConnectionState } from "./connection.ts";
export type { EventDetails, EventName, InjectionDetail, Timings } from "./events.ts";
export type { InjectAsync } from "./pattern.ts";
export type { InjectMessage, Position, PushMessage, ServerMessage, WelcomeMessage } from "./protocol.ts";
export { register };

register();

/** Entry for bundlers: `import "pat-inject-async"` registers the pattern with the page's Patternslib. */
import { register } from "./page/pattern.ts";

export type { ConnectionState, EventDetails, EventName, InjectionDetail, Timings } from "./ground/events.ts";
export type { EndpointOptions, Options } from "./ground/options.ts";
export type {
  InjectMessage,
  Position,
  Publication,
  PushMessage,
  ServerMessage,
  WelcomeMessage,
} from "./ground/protocol.ts";
export type { InjectAsync } from "./page/pattern.ts";
export { register };

register();

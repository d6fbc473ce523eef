/** The scripted server of the end-to-end tests, which serves the library's scripts and those of the hosts, too. */
import { assets } from "./assets.ts";
import { type PushServer, type PushServerOptions, startPushServer as start } from "./scripted-server.ts";

export { PushServer, type PushServerOptions } from "./scripted-server.ts";

/** Starts a push server on a free port of 127.0.0.1. The caller closes it. */
export function startPushServer(options?: PushServerOptions): Promise<PushServer> {
  return start({ otherwise: assets(), ...options });
}

/**
 * The paths of SockJS that the gateway serves, and the ones it does not.
 *
 * jsonp, htmlfile and the iframe pages exist to be driven from other sites, by requests that carry no Origin header to
 * check. Browsers that need them are gone.
 */

export interface Route {
  readonly kind: "websocket" | "xhr" | "xhr_streaming" | "eventsource" | "xhr_send" | "raw" | "info" | "greeting";
  /** Whether messages to the browser travel on this request. */
  readonly receives: boolean;
  /** The SockJS session id, chosen by the browser. Only where the path has one. */
  readonly session?: string;
}

const IN_SESSION = /^\/[\w-]{1,64}\/(?<session>[\w-]{1,64})\/(?<kind>\w+)$/;

/**
 * @param prefix where the gateway lives, e.g. `/push`.
 * @param url a request's path and query.
 * @returns undefined outside the prefix; null within it, where nothing is served.
 */
export function findRoute(prefix: string, url: string): Route | null | undefined {
  const path = url.split("?", 1)[0] ?? "";
  if (path !== prefix && !path.startsWith(`${prefix}/`)) return undefined;
  const rest = path.slice(prefix.length);
  if (rest === "" || rest === "/") return { kind: "greeting", receives: false };
  if (rest === "/info") return { kind: "info", receives: false };
  if (rest === "/websocket") return { kind: "raw", receives: true };

  const { session, kind } = IN_SESSION.exec(rest)?.groups ?? {};
  // sockjs keeps its sessions in a plain object, where `constructor` and its kind would be found.
  if (session === undefined || session in Object.prototype) return null;
  switch (kind) {
    case "websocket":
    case "xhr":
    case "xhr_streaming":
    case "eventsource":
      return { kind, receives: true, session };
    case "xhr_send":
      return { kind, receives: false, session };
    default:
      return null;
  }
}

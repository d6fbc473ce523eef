/**
 * The SockJS paths that the gateway serves.
 *
 * jsonp, htmlfile and the iframe pages are not served: they are made for pages of other sites, whose requests have no
 * Origin header that could be checked. Browsers that need them are gone.
 */

export interface Route {
  readonly kind: "websocket" | "xhr" | "xhr_streaming" | "eventsource" | "xhr_send" | "raw" | "info" | "greeting";
  /** Whether messages to the browser travel on this request. */
  readonly receives: boolean;
  /** The SockJS session id, chosen by the browser. Only where the path has one. */
  readonly session?: string;
}

const SESSION_PATH = /^\/[\w-]{1,64}\/(?<session>[\w-]{1,64})\/(?<kind>\w+)$/;

/**
 * @param prefix the gateway's path, e.g. `/push`.
 * @param url a request's path and query.
 * @returns undefined outside the prefix; null for a path within it that is not served.
 */
export function findRoute(prefix: string, url: string): Route | null | undefined {
  const path = url.split("?", 1)[0] ?? "";
  if (path !== prefix && !path.startsWith(`${prefix}/`)) return undefined;
  const rest = path.slice(prefix.length);
  if (rest === "" || rest === "/") return { kind: "greeting", receives: false };
  if (rest === "/info") return { kind: "info", receives: false };
  if (rest === "/websocket") return { kind: "raw", receives: true };

  const { session, kind } = SESSION_PATH.exec(rest)?.groups ?? {};
  // sockjs keeps its sessions in a plain object, in which `constructor` and the like would be found.
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

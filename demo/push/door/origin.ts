/**
 * Which pages may use the gateway: those of our own origin.
 *
 * Browsers send cookies with WebSockets and forms of any page, so without this check every site that a user visits
 * could read the user's messages (cross-site WebSocket hijacking). Knows nothing of SockJS or users.
 */
import type { IncomingMessage } from "node:http";

/**
 * @param allowed the origins of our pages, e.g. `["https://plone.example.org"]`, for a gateway behind a proxy that changes
 *   `Host`. Without it: exactly `http://` or `https://` and the request's `Host`.
 */
export function isOwnOrigin({ method, headers }: IncomingMessage, allowed?: readonly string[]): boolean {
  const { origin, host, upgrade } = headers;
  if (origin !== undefined) {
    return (allowed ?? (host ? [`http://${host}`, `https://${host}`] : [])).includes(origin);
  }
  // Browsers leave Origin out of a GET to the page's own origin, never out of a POST or a WebSocket's handshake.
  if (method !== "GET" || upgrade !== undefined) return false;
  return (headers["sec-fetch-site"] ?? "same-origin") === "same-origin";
}

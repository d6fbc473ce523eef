/**
 * Asks at an endpoint's door, `/info`, why no connection came about: SockJS does not say. Only a request of our own tells
 * an expired session, for which no number of attempts helps, from a server that is away.
 */
import { isAccessPage, isSameOrigin } from "../ground/url.ts";

/**
 * Whether the user is not let in: 401, 403, or a redirect to a login.
 *
 * @param endpoint absolute URL of the SockJS endpoint.
 */
export async function isClosedToUser(endpoint: string, signal: AbortSignal): Promise<boolean> {
  const url = new URL(`${endpoint}/info`);
  // As sockjs-client asks.
  const ask = (mode: RequestMode) =>
    fetch(url, { cache: "no-store", credentials: "include", mode, signal }).catch(() => undefined);
  const answer = await ask("cors");
  if (answer) {
    const final = new URL(answer.url);
    const isSentAway = final.origin !== url.origin || isAccessPage(final);
    return answer.status === 401 || answer.status === 403 || (answer.redirected && isSentAway);
  }
  // A redirect to another site, to a common login for example, fails like the network does, unless nobody wants to read it.
  return isSameOrigin(url) && (await ask("no-cors"))?.type === "opaque";
}

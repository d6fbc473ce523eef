/**
 * Sends the page's token with the Ajax requests of the host, so that what they lead to can be told from what others have
 * done. PROTOCOL.md, `author`.
 */
import { type AjaxListener, jQuery } from "../ground/host.ts";
import { PAGE_TOKEN } from "../ground/page-token.ts";
import { absolute, isSameOrigin } from "../ground/url.ts";

const PAGE_TOKEN_HEADER = "X-Inject-Async-Page";

/** Sign the Ajax requests of the host until the returned function is called. Signing twice does no harm. */
export function signRequests(): () => void {
  const page = jQuery()(document);
  const sign: AjaxListener = (_event, request, { url }) => {
    const target = absolute(url);
    if (target && isSameOrigin(target)) request.setRequestHeader(PAGE_TOKEN_HEADER, PAGE_TOKEN);
  };
  page.on("ajaxSend", sign);
  return () => page.off("ajaxSend", sign);
}

/** What counts as a snippet: the answer to a fetch, checked and read. */
import { parseDocument } from "../../ground/dom.ts";
import { isAccessPage, isForbiddenPage } from "../../ground/url.ts";
import { SnippetError, UnauthorizedError } from "./errors.ts";

/** Largest answer read, in bytes as they are after decompression. */
const MAX_ANSWER_BYTES = 5 * 1024 * 1024;

/**
 * The text of an answer.
 *
 * @throws {SnippetError} when it is no snippet.
 * @throws {UnauthorizedError} for 401, 403, and a login or confirmation page in its place.
 */
export async function readAnswer(url: string, response: Response): Promise<string> {
  requireSuccess(url, response);
  const type = response.headers.get("Content-Type") ?? "text/html";
  if (!/^(text\/html|application\/xhtml\+xml)\b/i.test(type)) {
    throw new SnippetError(url, `expected text/html, found ${type}`, { status: response.status });
  }
  const charset = /charset\s*=\s*["']?([\w-]+)/i.exec(type)?.[1] ?? "utf-8";
  const html = await readText(url, response, charset);
  requireContent(url, html, response.status);
  return html;
}

/** @throws {SnippetError} when the text of an answer is no snippet: a login form, or nothing. */
export function requireContent(url: string, html: string, status: number): void {
  if (isLoginForm(html)) throw new UnauthorizedError(url, "expected a snippet, found a login form", { status });
  if (html.trim() === "") {
    throw new SnippetError(url, "expected a snippet, found an empty answer", { status, retry: "later" });
  }
}

/** Plone's login form, sent with status 200 in place of what was asked for. */
function isLoginForm(html: string): boolean {
  return html.includes("__ac_password") && parseDocument(html).querySelector("input[name=__ac_password]") !== null;
}

function requireSuccess(url: string, response: Response): void {
  const { status } = response;
  if (status === 401 || status === 403) throw new UnauthorizedError(url, `status ${status}`, { status });
  if (response.redirected) {
    const final = new URL(response.url);
    if (isAccessPage(final)) {
      const details = { status: isForbiddenPage(final) ? 403 : status };
      throw new UnauthorizedError(url, `expected a snippet, was sent to ${final.pathname}`, details);
    }
    if (final.origin !== new URL(url).origin) {
      throw new SnippetError(url, `expected a snippet, was sent to ${final.origin}`, { status });
    }
  }
  if (!response.ok || status === 204) {
    const retry = status >= 500 || [204, 404, 408, 429].includes(status) ? "later" : "never";
    throw new SnippetError(url, `expected a snippet, found status ${status}`, { status, retry });
  }
}

/** The body as text: in the charset it is sent in, which `Response.text()` would take for UTF-8, and not without end. */
async function readText(url: string, response: Response, charset: string): Promise<string> {
  const { headers } = response;
  // Where the length is known, the browser may as well read it all. Of another site, compression is not known.
  const isShort =
    response.type === "basic" &&
    !headers.has("Content-Encoding") &&
    Number(headers.get("Content-Length") ?? MAX_ANSWER_BYTES) < MAX_ANSWER_BYTES;
  if (isShort && /^utf-?8$/i.test(charset)) return response.text();
  const decoder = decoderFor(url, charset);
  const reader = response.body?.getReader();
  let text = "";
  let size = 0;
  for (;;) {
    const chunk = await reader?.read();
    if (!chunk || chunk.done) return text + decoder.decode();
    size += chunk.value.byteLength;
    if (size > MAX_ANSWER_BYTES) {
      await reader?.cancel();
      throw new SnippetError(url, `expected at most ${MAX_ANSWER_BYTES} bytes, found more`);
    }
    text += decoder.decode(chunk.value, { stream: true });
  }
}

function decoderFor(url: string, charset: string): TextDecoder {
  try {
    return new TextDecoder(charset);
  } catch (cause) {
    throw new SnippetError(url, `expected a charset known to the browser, found ${charset}`, { cause });
  }
}

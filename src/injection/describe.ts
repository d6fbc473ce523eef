/** Reads what a snippet says of itself: which of its elements are for which targets. */
import { parseArgument } from "../ground/argument.ts";
import type { Change } from "../ground/change.ts";
import { elementById, parseDocument, unshadowed } from "../ground/dom.ts";
import { patInject } from "../ground/host.ts";
import type { Job } from "../ground/job.ts";
import { ProtocolError } from "../ground/protocol.ts";
import { SourceError } from "./source.ts";

/** Of a form of pat-inject: it may have an argument of its own. */
const BUTTON = "form.pat-inject :is(button, input)";

/** At the top level these name nothing: plone.protect adds a script with an id to every answer. */
const NAMELESS = "script, style, link, meta, title";

/**
 * The changes that a snippet names itself: by elements with `data-pat-inject`, or else by top-level elements with an id,
 * each of which replaces the element with the same id. A snippet that names nothing is for what waits for it.
 *
 * @param waiting targets that wait for it.
 * @throws {SourceError} when it names none, and nothing waits for it.
 * @throws {ProtocolError} when one of its arguments is invalid.
 */
export function describeSnippet(html: string, job: Job, waiting: readonly string[]): Change[] {
  const { head, body } = parseDocument(html);
  const named = [...body.querySelectorAll("[data-pat-inject]")]
    .map(unshadowed)
    .flatMap((element) => instruct(element, job));
  // Left in place, the argument would be inherited by every pat-inject inside the injected element.
  for (const { element } of named) element.removeAttribute("data-pat-inject");
  if (named.length > 0)
    return named.map(({ element, change }) => ({ ...change, html: ownHtml(change, element, body) }));

  // At the start of a snippet, a template is taken for one of the head.
  const identified = [...head.querySelectorAll("template"), ...body.children].map(unshadowed).flatMap((element) => {
    const id = element.getAttribute("id");
    return id && !element.matches(NAMELESS) ? { target: `#${CSS.escape(id)}::element`, own: element.outerHTML } : [];
  });
  const whole = waiting.map((target) => ({ target, own: html }));
  // As JSON: in the other notation a semicolon in an id would end it.
  const byId = (identified.length > 0 ? identified : whole).flatMap(({ target, own }) =>
    parseArgument(JSON.stringify({ target }), job).map((change) => ({ ...change, html: own })),
  );
  // The placeholder that asked may have got its content by a message meanwhile: then nothing is left to do.
  if (byId.length > 0 || job.healing?.length) return byId;
  throw new SourceError("expected a snippet with data-pat-inject, or with an id at its top level; found neither");
}

/**
 * What the element's `data-pat-inject` says. Links and forms of pat-inject, and their buttons, are content: their argument
 * is for when the user triggers them. So is an element around them whose argument is for them to inherit.
 */
function instruct(element: Element, job: Job): { element: Element; change: Change }[] {
  const { trigger } = patInject();
  if (element.matches(trigger) || element.matches(BUTTON)) return [];
  const isAround = element.querySelector(trigger) !== null;
  if (isAround && elementById(element.getAttribute("id") ?? "")) return [];
  try {
    return parseArgument(element.getAttribute("data-pat-inject") ?? "", job).map((change) => ({ element, change }));
  } catch (error) {
    if (isAround && error instanceof ProtocolError) return [];
    throw error;
  }
}

/** Content replaces content; in every other place the element itself is meant. */
function ownHtml({ hasSource, action }: Change, element: Element, body: Element): string {
  if (hasSource) return body.innerHTML;
  return action === "content" ? element.innerHTML : element.outerHTML;
}

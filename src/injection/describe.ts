/** Reads what a snippet says of itself: which of its elements are for which targets. */
import type { Change } from "../ground/change.ts";
import { patInject } from "../ground/host.ts";
import type { Job } from "../ground/job.ts";
import { parseArgument } from "./argument.ts";
import { SourceError } from "./source.ts";

/** Of a form of pat-inject: it may have an argument of its own. */
const BUTTON = "form.pat-inject :is(button, input)";

/**
 * The changes that a snippet names itself: by elements with `data-pat-inject`, or else by top-level elements with an id,
 * each of which replaces the element with the same id. A snippet that names nothing is for what waits for it.
 *
 * @param waiting targets that wait for it.
 * @throws {SourceError} when it names none, and nothing waits for it.
 * @throws {ProtocolError} when one of its arguments is invalid.
 */
export function describeSnippet(html: string, job: Job, waiting: readonly string[]): Change[] {
  const { body } = new DOMParser().parseFromString(html, "text/html");
  const { trigger } = patInject();
  // Links and forms of pat-inject, and their buttons, are content: their argument is for when the user triggers them.
  const carriers = [...body.querySelectorAll("[data-pat-inject]")]
    .filter((element) => !element.matches(trigger) && !element.matches(BUTTON))
    .map((element) => ({ element, argument: element.getAttribute("data-pat-inject") ?? "" }));
  // Left in place, the argument would be inherited by every pat-inject inside the injected element.
  for (const { element } of carriers) element.removeAttribute("data-pat-inject");
  const named = carriers.flatMap(({ element, argument }) =>
    parseArgument(argument, job).map((change) => ({ ...change, html: ownHtml(change, element, body) })),
  );
  if (named.length > 0) return named;

  const identified = [...body.children].flatMap(({ id, outerHTML }) =>
    id === "" ? [] : { target: `#${CSS.escape(id)}::element`, own: outerHTML },
  );
  const whole = waiting.map((target) => ({ target, own: html }));
  // As JSON: in the other notation a semicolon in an id would end it.
  const byId = (identified.length > 0 ? identified : whole).flatMap(({ target, own }) =>
    parseArgument(JSON.stringify({ target }), job).map((change) => ({ ...change, html: own })),
  );
  if (byId.length > 0) return byId;
  throw new SourceError("expected a snippet with data-pat-inject, or with an id at its top level; found neither");
}

/** Content replaces content; in every other place the element itself is meant. */
function ownHtml({ hasSource, action }: Change, element: Element, body: Element): string {
  if (hasSource) return body.innerHTML;
  return action === "content" ? element.innerHTML : element.outerHTML;
}

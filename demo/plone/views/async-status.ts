/** The page `@@async-status`: how the asynchronous stack is, each figure with what it means. Knows nothing of how they are found. */
import { html } from "ghtml";
import { type Chrome, page } from "./layout.ts";

/** What is known of the stack; what is not known is left out. */
export type StatusFigures = Readonly<Record<string, unknown>>;

/** More than these wait for long. */
const MANY_TASKS = 50;

/** @param chrome undefined for the anonymous, whose pages no message reaches. */
export function statusPage(chrome: Chrome | undefined, figures: StatusFigures): string {
  const rows = Object.entries(figures).flatMap(([name, value]) => rowsOf(name, value));
  return page(
    "Status",
    chrome,
    html`<div class="card status">
      <h1>Status</h1>
      <h2>From here to this page</h2>
      !${chrome ? roundTrip(chrome) : html`<p>Sign in to have a message pushed to this page, and a task done for it.</p>`}
      <h2>Figures</h2>
      <dl>!${rows.map(([name, value, words]) => html`<dt>${name}: <strong>${value}</strong></dt><dd>${words}</dd>`)}</dl>
    </div>`,
  );
}

/** The snippet that the pushed message names. */
export function roundTripSnippet(milliseconds: number): string {
  return html`<p id="round-trip" role="status">
    A message reached this page through bus and gateway, and the page has fetched its snippet:
    <strong>${milliseconds} ms</strong>. Pushing works.</p>`;
}

/** The snippet that the message of the task names. */
export function taskRoundTripSnippet(milliseconds: number): string {
  return html`<p id="task-round-trip" role="status">
    A task was queued, done by a worker at Plone's worker instance, and told to this page:
    <strong>${milliseconds} ms</strong>. Tasks work.</p>`;
}

/** While the message and the task are on their way. */
export function roundTripPending(): string {
  return html`<p id="round-trip" role="status">A message is on its way to this page. If these words stay, none arrives: look at the
    connection in the header first, then whether the gateway and Plone use the same bus, then into the gateway's log.</p>
    <p id="task-round-trip" role="status">A task is on its way, too. If these words stay while the message arrives, look whether
    others wait before it, then whether a worker is there and reaches the worker instance, then into the worker's log.</p>`;
}

function roundTrip({ authenticator }: Chrome): string {
  return html`!${roundTripPending()}
    <form class="pat-inject" method="post" action="/@@async-status/push"
        data-pat-inject="source: #round-trip; target: #round-trip && source: #task-round-trip; target: #task-round-trip">
      <input type="hidden" name="_authenticator" value="${authenticator}">
      <button class="button">Measure again</button>
    </form>`;
}

type Row = readonly [name: string, value: string, words: string];

function rowsOf(name: string, value: unknown): Row[] {
  if (Array.isArray(value)) return value.length > 1 ? [[name, value.join(", "), meaning(name, value)]] : [];
  if (typeof value === "object" && value !== null) {
    return Object.entries(value).flatMap(([part, figure]) => rowsOf(`${name}, ${part}`, figure));
  }
  return [[name, String(value), meaning(name, value)]];
}

function meaning(name: string, value: unknown): string {
  const count = Number(value);
  switch (name) {
    case "mode":
      return value === "eager"
        ? "Everything runs in one process. Tasks that wait are lost when it ends; their documents get a button."
        : "Tasks and messages go from process to process.";
    case "redis":
      return value === "up"
        ? "Plone reaches it."
        : "Plone does not reach it, so no task is begun and no message sent. Is it running, and is REDIS_URL right? " +
            "Nothing is lost: pages and tasks wait, and go on when it is back.";
    case "gateways":
      if (count === 0) {
        return (
          "No gateway has been heard of for ten seconds, so no message reaches a page. Is one running (npm run push), " +
          "with the same REDIS_URL as Plone? Its log says more."
        );
      }
      return count === 1
        ? "It has been heard of in the last ten seconds. While it is restarted no message reaches a page; a second one would bridge that."
        : "Each has been heard of in the last ten seconds.";
    case "socketsByGateway":
      return Math.min(...Object.values(Object(value)).map(Number)) === 0
        ? "Nobody is connected to one of them: it has just been started, or the proxy does not send it anyone."
        : "So they are shared out.";
    case "workers":
      return count > 0
        ? "They are connected to Redis, and take tasks."
        : "None is there, so tasks wait and previews do not come. Is one running (npm run worker), with the same REDIS_URL?";
    case "sockets":
      return count > 0
        ? "Browsers with an open connection."
        : "No browser is connected. If one should be: does the proxy in between let WebSockets through to the gateway?";
    case "tasks, waiting":
      if (count > MANY_TASKS) return "More come than are done: another worker would help.";
      return count > 0 ? "Their turn comes." : "Nothing has to wait.";
    case "tasks, running":
      return count > 0 ? "At this moment." : "The workers are idle, or none is there: then tasks would wait.";
    case "tasks, failed":
      return count > 0 ? "Given up. The log says why, and the documents have a button." : "None was given up.";
    default:
      return "";
  }
}

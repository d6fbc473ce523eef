/** The page that shows how it works: the trail of the last upload, each step with its time, its process and its file. */
import { html } from "ghtml";
import type { StoredDocument } from "../content/document.ts";
import type { Step, StepName } from "../content/trail.ts";
import { type Chrome, page } from "./layout.ts";
import { uploadForm } from "./uploads.ts";

export interface Trail {
  /** The user's newest document. */
  readonly document: StoredDocument | undefined;
  readonly steps: readonly Step[];
}

const WORDS: Readonly<Record<StepName, readonly [words: string, process: string, file: string]>> = {
  received: ["The form arrives, and its user is known by the cookie", "plone", "plone/web/session.ts"],
  stored: ["The document is stored, complete or not at all", "plone", "plone/content/content.ts"],
  answered: ["The answer is sent: a row that waits for its preview", "plone", "plone/workspace/upload.ts"],
  told: ["A message with the row's address goes to all who may see it", "plone", "plone/workspace/publisher.ts"],
  queued: ["The conversion is queued, as an HTTP request to be made later", "plone", "plone/workspace/preview-task.ts"],
  begun: ["The request is made, and the document is converted", "plone-worker", "plone/workspace/generate-previews.ts"],
  "first-page": ["The first page is there, and told", "plone-worker", "plone/workspace/generation.ts"],
  ended: ["The conversion has ended, and is told", "plone-worker", "docconv/converter.ts"],
};

export function howItWorksPage(chrome: Chrome, trail: Trail, maxUploadBytes: number): string {
  return page(
    "How it works",
    chrome,
    html`<h1>How it works</h1>
    <p class="lead">Share a file, and watch its way: from your browser through Plone, the queue, the worker and the gateway, and
      back into this page. Each step has its time, its process, and the file of the demo that did it.</p>
    <div class="columns">
      <section class="card trail-card pat-commons-trail" aria-labelledby="trail-title">
        <h2 id="trail-title">The way of your last upload</h2>
        <div id="trail">!${trailSteps(trail)}</div>
        <a hidden class="pat-inject" href="/@@how-it-works/trail"
          data-pat-inject="push-marker: trail; source: #trail; target: #trail">Follow</a>
      </section>
      <div class="column">
        !${uploadForm({ viewer: chrome, maxUploadBytes })}
        <ul class="documents" id="documents-newest" aria-label="New documents"></ul>
      </div>
    </div>`,
  );
}

/** The snippet `@@how-it-works/trail`. */
export function trailSnippet(trail: Trail): string {
  return html`<div id="trail">!${trailSteps(trail)}</div>`;
}

function trailSteps({ document, steps }: Trail): string {
  const [first] = steps;
  if (!document || !first)
    return html`<p class="empty">Nothing yet. Share a file, and its way appears here, step by step.</p>`;
  return html`<p class="muted">${document.title}</p>
  <ol class="trail" data-uid="${document.uid}">!${steps.map((step) => {
    const [words, process, file] = WORDS[step.name];
    return html`<li data-at="${step.at}"><span class="trail-time">${step.at - first.at} ms</span>
      <span>${words}<br><span class="muted">${process}, process ${step.pid} · <code>demo/${file}</code></span></span></li>`;
  })}</ol>`;
}

/**
 * The process in which one document is converted. Started ahead of it: PDFium is ready when the document comes.
 *
 * A process, not a thread: PDFium and sharp are native code fed with strangers' files. A crash or a runaway page then ends with
 * this process instead of the server.
 */
import { once } from "node:events";
import { buffer } from "node:stream/consumers";
import type { Outcome, PageEvent } from "./conversion.ts";
import { detect } from "./detect.ts";
import { ConversionError, failureOf } from "./errors.ts";
import { imagePages } from "./image.ts";
import type { OfficeRecipe } from "./kinds.ts";
import { withoutLinks } from "./links.ts";
import { type Job, PRACTISE, parseServerMessage, type WorkerMessage } from "./messages.ts";
import { pdfPages } from "./pdf.ts";
import { Pdfium } from "./pdfium.ts";
import { pdf } from "./sample-pdf.ts";
import { readText } from "./text.ts";
import { remarks } from "./words.ts";

// Nobody is left to talk to.
process.once("disconnect", () => process.exit());

const spare = await Pdfium.start();
// The first pages that PDFium and sharp draw take several times as long as those after them: V8 is still compiling.
if (process.argv.includes(PRACTISE)) {
  const practice = pdf([`${"The quick brown fox jumps over the lazy dog\n".repeat(20)}`]);
  for (let page = 0; page < 3; page++) for await (const _ of pdfPages(spare, practice, 1));
}

const asked = once(process, "message");
await send({ type: "ready" });
const job = parseServerMessage((await asked)[0]);
if (job.type !== "job") throw new TypeError(`expected a job, found ${job.type}`);
await send({ type: "end", outcome: await convert(job) });

async function convert(job: Job): Promise<Outcome> {
  let pages = 0;
  try {
    const bytes = await buffer(process.stdin);
    const { kind, recipe } = await detect(bytes, job.extension, job.unpackedBytes);
    const { steps, words, more } = await open(job, bytes, recipe);
    for (;;) {
      const step = await steps.next();
      if (step.done) return { state: "done", kind, total: more(step.value) ? undefined : step.value, words };
      // Sent before the next page is begun, which may never end.
      await send(step.value);
      if (step.value.type === "page") pages++;
    }
  } catch (error) {
    return { state: pages > 0 ? "stopped" : "failed", ...failureOf(error) };
  }
}

interface Opened {
  readonly steps: AsyncGenerator<PageEvent, number>;
  readonly words?: string | undefined;
  /** Whether the document has more pages than were opened. */
  readonly more: (opened: number) => boolean;
}

async function open(job: Job, bytes: Buffer, recipe: Awaited<ReturnType<typeof detect>>["recipe"]): Promise<Opened> {
  switch (recipe.by) {
    case "image":
      return { steps: pictures(job, bytes, recipe.otherwise), more: () => false };
    case "pdf":
      return { steps: pdfPages(spare, bytes, job.pages), more: () => false };
    case "office": {
      const isText = recipe.links === "none" && recipe.application !== "draw";
      const text = isText ? readText(bytes) : { bytes, guessed: false };
      const opened = await openOffice(job, text.bytes, recipe);
      return {
        steps: pdfPages(spare, opened, job.pages),
        words: text.guessed ? remarks.noEncoding : undefined,
        // LibreOffice is asked for one page more than is shown, to know.
        more: (count) => count > job.pages,
      };
    }
  }
}

async function* pictures(
  job: Job,
  bytes: Buffer,
  otherwise: OfficeRecipe | undefined,
): AsyncGenerator<PageEvent, number> {
  try {
    return yield* imagePages(bytes);
  } catch (error) {
    if (!(error instanceof ConversionError && error.reason === "broken" && otherwise)) throw error;
    const opened = await openOffice(job, bytes, otherwise).catch(() => Promise.reject(error));
    return yield* pdfPages(spare, opened, job.pages);
  }
}

async function openOffice(job: Job, bytes: Buffer, recipe: OfficeRecipe): Promise<Buffer> {
  const document = job.removeLinks ? withoutLinks(bytes, recipe) : bytes;
  const answered = once(process, "message");
  await send({ type: "office", extension: recipe.extension, document });
  const answer = parseServerMessage((await answered)[0]);
  if (answer.type !== "opened") throw new TypeError(`expected an opened document, found ${answer.type}`);
  return answer.pdf;
}

function send(message: WorkerMessage): Promise<void> {
  return new Promise((resolve, reject) => {
    process.send?.(message, undefined, undefined, (error) => (error ? reject(error) : resolve()));
  });
}

/**
 * How long someone waits for the first page of a PDF, against poppler's `pdftoppm`, on the same twenty generated documents in
 * one run. Both at rest: the process for the next document is started ahead, as it is in a server.
 */
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Converter } from "../converter.ts";
import { pdf } from "../sample-pdf.ts";

const DOCUMENTS = 20;
const ROUNDS = 5;
const MAX_RATIO = 2;

await promisify(execFile)("pdftoppm", ["-v"]).catch(() => {
  throw new Error("expected pdftoppm on PATH (Debian: poppler-utils), found none");
});
const directory = await mkdtemp(join(tmpdir(), "bench-docconv-"));
const converter = new Converter();
try {
  const ratios: number[] = [];
  const times = { ours: [] as number[], whole: [] as number[], poppler: [] as number[] };
  for (let index = 0; index < DOCUMENTS; index++) {
    const file = join(directory, `${index}.pdf`);
    await writeFile(file, document(index));
    const [ours, whole, poppler]: [number[], number[], number[]] = [[], [], []];
    for (let round = 0; round < ROUNDS; round++) {
      const { first, large } = await convert(file);
      ours.push(first);
      whole.push(large);
      poppler.push(
        await time(() =>
          promisify(execFile)("pdftoppm", ["-r", "72", "-f", "1", "-l", "1", file, join(directory, "page")]),
        ),
      );
    }
    times.ours.push(median(ours));
    times.whole.push(median(whole));
    times.poppler.push(median(poppler));
    ratios.push(median(ours) / median(poppler));
  }
  say(`first page of ${DOCUMENTS} PDFs, medians of ${ROUNDS}, in ms`);
  say(`  preview    ${median(times.ours).toFixed(1)}  (its largest image ${median(times.whole).toFixed(1)})`);
  say(`  pdftoppm   ${median(times.poppler).toFixed(1)}`);
  say(
    `  ratio      ${median(ratios).toFixed(2)} (from ${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}), at most ${MAX_RATIO}`,
  );
  if (median(ratios) > MAX_RATIO) process.exitCode = 1;
} finally {
  await converter.close();
  await rm(directory, { recursive: true });
}

/** From a few words to a book. */
function document(index: number): Buffer {
  const line = (page: number, number: number): string =>
    `Document ${index}, page ${page}, line ${number}: lorem ipsum dolor`;
  const lines = 1 + ((index * 7) % 22);
  return pdf(
    Array.from({ length: 1 + ((index * 5) % 40) }, (_, page) =>
      Array.from({ length: lines }, (_, number) => line(page, number)).join("\n"),
    ),
  );
}

async function convert(file: string): Promise<{ first: number; large: number }> {
  await converter.prepare();
  const started = performance.now();
  let first = 0;
  for await (const event of converter.convert(file, { limits: { pages: 1 } })) {
    if (event.type === "page") first = performance.now() - started;
    if (event.type === "large") return { first, large: performance.now() - started };
  }
  throw new Error(`expected a page of ${file}, found none`);
}

async function time(run: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await run();
  return performance.now() - started;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

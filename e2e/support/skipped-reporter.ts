/** Says at the end of a run, in words, which tests were skipped and why: a list of two hundred lines hides them. */
import type { FullResult, Reporter, TestCase } from "@playwright/test/reporter";

export default class SkippedReporter implements Reporter {
  readonly #skipped: TestCase[] = [];

  onTestEnd(test: TestCase): void {
    if (test.outcome() === "skipped") this.#skipped.push(test);
  }

  onEnd(_result: FullResult): void {
    for (const test of this.#skipped) {
      const reasons = test.annotations.filter(({ type }) => type === "skip").map(({ description }) => description);
      process.stdout.write(`skipped: ${test.title} (${reasons.join("; ") || "no reason given"})\n`);
    }
  }
}

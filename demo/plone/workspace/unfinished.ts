/** The limit of documents of one user that wait for their previews: beyond it the answer is clear, and nothing is stored. */
import type { User } from "../accounts/users.ts";
import type { Content } from "../content/content.ts";
import { isUnfinished } from "../content/state.ts";
import { Problem } from "../web/problem.ts";

export const MAX_UNFINISHED_DOCUMENTS = 20;

export class UnfinishedLimit {
  readonly #content: Content;
  /** Who is let in is counted before the next one is looked at. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(content: Content) {
    this.#content = content;
  }

  /**
   * Does what gives the user one more unfinished document.
   *
   * @throws {Problem} 429 when there are too many already.
   */
  async admit<T>(user: User, work: () => Promise<T>): Promise<T> {
    const next = this.#last.then(async () => {
      await this.#require(user);
      return work();
    });
    this.#last = next.catch(() => {});
    return next;
  }

  async #require(user: User): Promise<void> {
    const own = (await this.#content.list()).filter(({ owner, state }) => owner === user.id && isUnfinished(state));
    if (own.length < MAX_UNFINISHED_DOCUMENTS) return;
    const words = `${own.length} of your documents wait for their previews, which is the limit. Please try again when some are ready.`;
    throw new Problem(429, words);
  }
}

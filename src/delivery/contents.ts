/** Groups changes: into contents, and by their job. Pure. */
import type { Change, Content } from "../ground/change.ts";
import type { Job } from "../ground/job.ts";

/** A snippet, as it came. */
export type Fetched = Pick<Content, "html" | "fetched">;

/**
 * Contents of these changes, in order of arrival; what one job has of one snippet is one content.
 *
 * @param snippets of those changes whose snippet did not come with their job.
 */
export function toContents(changes: readonly Change[], snippets: ReadonlyMap<Change, Fetched>): Content[] {
  const contents: (Content & { readonly changes: Change[] })[] = [];
  for (const change of [...changes].sort((a, b) => a.job.arrivalNumber - b.job.arrivalNumber)) {
    const { job } = change;
    const { html, fetched } = snippets.get(change) ?? { html: job.message.html ?? "", fetched: job.received };
    const last = contents.at(-1);
    if (last?.job === job && last.html === html) last.changes.push(change);
    else contents.push({ job, changes: [change], html, fetched });
  }
  return contents;
}

/** Whether the content came with the message, or with the snippet that named the change. */
export function hasContent({ html, job }: Change): boolean {
  return html !== undefined || job.url === undefined;
}

/** In order of arrival. */
export function byJob(changes: readonly Change[]): [Job, Change[]][] {
  const jobs = new Map<Job, Change[]>();
  for (const change of changes) {
    const its = jobs.get(change.job);
    if (its) its.push(change);
    else jobs.set(change.job, [change]);
  }
  return [...jobs].sort(([a], [b]) => a.arrivalNumber - b.arrivalNumber);
}

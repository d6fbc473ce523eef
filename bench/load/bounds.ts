/** No wait of the load run is without end: each ends with an error when nothing happens any more. */

/** How long nothing has to happen: more than a busy machine needs. */
export const STALL_MS = 30_000;

/**
 * @param progress what grows while there is something to wait for.
 * @param describe what was expected, and what was found.
 */
export async function whileProgress<T>(wait: Promise<T>, progress: () => number, describe: () => string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const stalled = new Promise<never>((_, reject) => {
    let last = progress();
    timer = setInterval(() => {
      const now = progress();
      if (now === last) reject(new Error(`${describe()}, and nothing happened for ${STALL_MS / 1000} s`));
      last = now;
    }, STALL_MS);
  });
  try {
    return await Promise.race([wait, stalled]);
  } finally {
    clearInterval(timer);
  }
}

/** The next task of the browser. A timer would be later: by some milliseconds, in a hidden tab by up to a minute. */

/** Lets the browser do what is due, messages that have arrived among it. */
export function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

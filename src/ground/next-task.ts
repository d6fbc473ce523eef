/** The next task of the browser. A timer would be later: by some milliseconds, in a hidden tab by up to a minute. */

const waiting: (() => void)[] = [];
/** One for all: opening one for each task can cost as much as the task. */
let channel: MessageChannel | undefined;

/** Lets the browser do what is due, messages that have arrived among it. */
export function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    if (!channel) {
      channel = new MessageChannel();
      channel.port1.onmessage = () => waiting.shift()?.();
    }
    channel.port2.postMessage(null);
  });
}

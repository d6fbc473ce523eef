/** Topics: streams of messages for all who may see something, as a page names them. Knows nothing of connections. */
import { warnOnce } from "./events.ts";
import type { Position } from "./position.ts";

export interface Topic {
  readonly name: string;
  /** What the server has signed for this user: the name, its expiry, and the signature. */
  readonly grant: string;
  /** Position at which the server rendered the page; null when it did not say. */
  readonly position: Position | null;
}

const TOPIC = /^(([\w.-]{1,64})~[\w.~-]{1,256})(?:@(\d{1,20}-\d{1,20}))?$/;

/**
 * @param text of the option: `<name>~<expiry>~<signature>@<position>`, several with spaces or commas between them. What is
 *   invalid is left out, with a line in the log.
 */
export function parseTopics(text: string): Topic[] {
  return text
    .split(/[\s,]+/)
    .filter(Boolean)
    .flatMap((found) => {
      const [, grant = "", name = "", position = null] = TOPIC.exec(found) ?? [];
      if (name !== "") return { name, grant, position };
      warnOnce(`topics: expected name~expiry~signature@position, found ${found}`);
      return [];
    });
}

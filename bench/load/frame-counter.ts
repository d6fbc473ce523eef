/** Counts the SockJS frames of a server: whole WebSocket frames, unmasked, after the HTTP response. */
const HTTP_END = "\r\n\r\n";
const SWITCHING_PROTOCOLS = "HTTP/1.1 101";
const LENGTH_16_BITS = 126;
const LENGTH_64_BITS = 127;
const [OPEN, MESSAGES, CLOSE] = Buffer.from("oac");

export class FrameCounter {
  opened = false;
  /** The first frame of messages. */
  first: string | undefined;
  /** What has come of a frame that is not whole yet. */
  #rest: Buffer | undefined;
  #isHttp = true;

  /**
   * @param chunk is not kept.
   * @returns how many frames of messages it completes.
   */
  take(chunk: Buffer): number {
    const data = this.#rest === undefined ? chunk : Buffer.concat([this.#rest, chunk]);
    let at = this.#isHttp ? this.#takeHttp(data) : 0;
    let messages = 0;
    while (!this.#isHttp && at + 2 <= data.length) {
      const short = data.readUInt8(at + 1);
      if (short === LENGTH_64_BITS) throw new Error("expected short frames, found one of more than 64 kB");
      const begin = at + (short < LENGTH_16_BITS ? 2 : 4);
      if (begin > data.length) break;
      const end = begin + (short < LENGTH_16_BITS ? short : data.readUInt16BE(at + 2));
      if (end > data.length) break;
      if (data[begin] === MESSAGES) {
        messages += 1;
        this.first ??= data.toString("utf8", begin, end);
      } else if (data[begin] === OPEN) {
        this.opened = true;
      } else if (data[begin] === CLOSE) {
        throw new Error(`expected messages, found ${data.toString("utf8", begin, end)}`);
      }
      at = end;
    }
    this.#rest = at < data.length ? Buffer.from(data.subarray(at)) : undefined;
    return messages;
  }

  /** Where the frames begin, which is not known before the response has ended. */
  #takeHttp(data: Buffer): number {
    const end = data.indexOf(HTTP_END);
    if (end < 0) return 0;
    const response = data.toString("latin1", 0, end);
    if (!response.startsWith(SWITCHING_PROTOCOLS))
      throw new Error(`expected ${SWITCHING_PROTOCOLS}, found ${response}`);
    this.#isHttp = false;
    return end + HTTP_END.length;
  }
}

/**
 * The fragments of a WebSocket message, counted.
 *
 * websocket-driver limits the length of a message, but keeps its fragments in a list without limit: empty ones, sent for
 * ever, fill the memory. It has no hook for frames, so the bytes on the wire are followed beside it (RFC 6455, 5.2).
 */
import type { Duplex } from "node:stream";

const MAX_FRAGMENTS = 256;
const FIN = 0x80;
const OPCODE = 0x0f;
const LENGTH = 0x7f;
const MASK = 0x80;
const MASK_BYTES = 4;
/** Opcodes from here on are of control frames, which may come between fragments. */
const CONTROL = 8;

/** Cuts off a browser that sends too many. Call it before the first byte after the handshake and `head` is read. */
export function guardFragments(socket: Duplex, head?: Buffer): void {
  const fragments = new Fragments();
  if (head !== undefined && !fragments.take(head)) socket.destroy();
  socket.on("data", (chunk: Buffer) => {
    if (!fragments.take(chunk)) socket.destroy();
  });
}

export class Fragments {
  /** How many bytes of a frame's header have been read; and of those, what is needed of the first and of the length. */
  #read = 0;
  #first = 0;
  #length = 0;
  #lengthBytes = 0;
  #headerBytes = 2;
  /** Bytes of payload that are still to come. */
  #payload = 0;
  #count = 0;

  /** False when a message has too many fragments. */
  take(chunk: Buffer): boolean {
    let at = 0;
    while (at < chunk.length) {
      const skipped = Math.min(this.#payload, chunk.length - at);
      this.#payload -= skipped;
      at += skipped;
      const byte = chunk[at];
      if (byte === undefined) break;
      at += 1;
      this.#take(byte);
      if (this.#count > MAX_FRAGMENTS) return false;
    }
    return true;
  }

  #take(byte: number): void {
    const at = this.#read;
    this.#read += 1;
    if (at === 0) {
      this.#first = byte;
      return;
    }
    if (at === 1) {
      const short = byte & LENGTH;
      this.#lengthBytes = short === 126 ? 2 : short === 127 ? 8 : 0;
      this.#length = this.#lengthBytes === 0 ? short : 0;
      this.#headerBytes = 2 + this.#lengthBytes + (byte & MASK ? MASK_BYTES : 0);
    } else if (at < 2 + this.#lengthBytes) {
      this.#length = this.#length * 256 + byte;
    }
    if (this.#read < this.#headerBytes) return;
    this.#read = 0;
    this.#payload = this.#length;
    if ((this.#first & OPCODE) < CONTROL) this.#count = this.#first & FIN ? 0 : this.#count + 1;
  }
}

/**
 * One direction of one proxied connection: bytes in, the same bytes out, later and slower as the conditions say.
 *
 * Knows nothing of the other direction or of other connections.
 */
import type { Socket } from "node:net";

export interface Conditions {
  isStalled: boolean;
  /** Milliseconds. */
  delay: number;
  bytesPerSecond: number;
}

/** A piece on its way; without bytes it is the end of the stream. */
interface Piece {
  readonly bytes?: Buffer;
  readonly readAt: number;
}

/** How much may pile up, in bytes, before the sender is made to wait: about what a socket's own buffers hold. */
const CAPACITY = 64 * 1024;

/** Pieces are cut to this size, in bytes, so that a slow line trickles instead of pausing and bursting. */
const PIECE = 1024;

export class Pipe {
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #conditions: Readonly<Conditions>;
  readonly #onBytes: (count: number) => void;
  readonly #pieces: Piece[] = [];
  #piled = 0;
  /** The line is busy with the previous piece until then. */
  #freeAt = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(from: Socket, to: Socket, conditions: Readonly<Conditions>, onBytes: (count: number) => void) {
    this.#from = from;
    this.#to = to;
    this.#conditions = conditions;
    this.#onBytes = onBytes;
    from.on("data", (bytes: Buffer) => this.#take(bytes));
    // An error is passed on as an end, in its turn: while the line is stalled, not even that gets through.
    for (const event of ["end", "error"]) from.once(event, () => this.#put({ readAt: Date.now() }));
  }

  /** Forwards what is due now and comes back for the rest. To be called when the conditions have changed. */
  flow(): void {
    clearTimeout(this.#timer);
    for (;;) {
      const [piece] = this.#pieces;
      if (piece === undefined || this.#conditions.isStalled) return;
      const wait = Math.max(piece.readAt + this.#conditions.delay, this.#freeAt) - Date.now();
      if (wait > 0) {
        this.#timer = setTimeout(() => this.flow(), wait);
        return;
      }
      this.#pieces.shift();
      this.#deliver(piece);
    }
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#pieces.length = 0;
  }

  #take(bytes: Buffer): void {
    this.#piled += bytes.length;
    if (this.#piled > CAPACITY) this.#from.pause();
    const isSlow = Number.isFinite(this.#conditions.bytesPerSecond);
    const size = isSlow ? PIECE : bytes.length;
    for (let start = 0; start < bytes.length; start += size) {
      this.#put({ bytes: bytes.subarray(start, start + size), readAt: Date.now() });
    }
  }

  #put(piece: Piece): void {
    this.#pieces.push(piece);
    this.flow();
  }

  #deliver({ bytes }: Piece): void {
    if (this.#to.destroyed) return;
    if (bytes === undefined) {
      this.#to.end();
      return;
    }
    this.#to.write(bytes);
    this.#onBytes(bytes.length);
    this.#freeAt = Date.now() + (bytes.length / this.#conditions.bytesPerSecond) * 1000;
    this.#piled -= bytes.length;
    if (this.#piled <= CAPACITY) this.#from.resume();
  }
}

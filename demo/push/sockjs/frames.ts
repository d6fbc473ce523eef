/**
 * SockJS frames as they are on a WebSocket: text, whole, unmasked (RFC 6455, 5.2). They may be written beside sockjs-node,
 * which writes each of its own at once and in one piece, until the socket's closing handshake begins.
 */
const FINAL_TEXT = 0x81;
const LENGTH_16_BITS = 126;
const LENGTH_64_BITS = 127;

export function textFrame(text: string): Buffer {
  const length = Buffer.byteLength(text);
  const header = length < LENGTH_16_BITS ? 2 : length < 65_536 ? 4 : 10;
  const frame = Buffer.allocUnsafe(header + length);
  frame[0] = FINAL_TEXT;
  if (header === 2) {
    frame[1] = length;
  } else if (header === 4) {
    frame[1] = LENGTH_16_BITS;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = LENGTH_64_BITS;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  frame.write(text, header);
  return frame;
}

let lastMessage = "";
let lastFrame: Buffer = Buffer.alloc(0);

/** The frame of one message. Sockets that get the same message one after the other share it. */
export function messageFrame(message: string): Buffer {
  if (message !== lastMessage) {
    lastMessage = message;
    lastFrame = textFrame(`a[${JSON.stringify(message)}]`);
  }
  return lastFrame;
}

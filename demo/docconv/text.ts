/** Text files on their way to LibreOffice: as UTF-8, and no more of them than the pages of a preview hold. */

/** Twenty pages in the smallest print, and more. */
const MAX_CHARACTERS = 200_000;

export interface Text {
  readonly bytes: Buffer;
  /** Whether its encoding had to be guessed. */
  readonly guessed: boolean;
}

/** Whether it reads as text: no control characters but those that texts have. */
export function looksLikeText(bytes: Buffer): boolean {
  const head = bytes.subarray(0, 64 * 1024);
  if (isUtf16(head)) return true;
  return (
    head.length > 0 && !head.some((byte) => byte < 0x20 && byte !== 9 && byte !== 10 && byte !== 12 && byte !== 13)
  );
}

export function readText(bytes: Buffer): Text {
  const { text, guessed } = decode(bytes.subarray(0, 4 * MAX_CHARACTERS));
  const lines = text.replace(/\r\n?/g, "\n");
  const cut =
    lines.length > MAX_CHARACTERS
      ? lines.slice(0, lines.lastIndexOf("\n", MAX_CHARACTERS) + 1 || MAX_CHARACTERS)
      : lines;
  return { bytes: Buffer.from(cut), guessed };
}

function decode(bytes: Buffer): { text: string; guessed: boolean } {
  if (isUtf16(bytes))
    return { text: new TextDecoder(bytes[0] === 0xff ? "utf-16le" : "utf-16be").decode(bytes), guessed: false };
  try {
    // `stream`: the last character may have been cut.
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true }), guessed: false };
  } catch {
    return { text: new TextDecoder("windows-1252").decode(bytes), guessed: true };
  }
}

function isUtf16(bytes: Buffer): boolean {
  return bytes.length >= 2 && (bytes.readUInt16BE(0) === 0xfffe || bytes.readUInt16BE(0) === 0xfeff);
}

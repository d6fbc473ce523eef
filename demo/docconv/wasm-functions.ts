/**
 * JavaScript functions that WebAssembly can call through its table. Knows nothing of what they do.
 *
 * A table takes only functions of WebAssembly, so a module of a few bytes imports ours and exports them again. All
 * parameters and results are i32. Bytes as in the WebAssembly core specification 2.0, 5.5 (modules).
 */

export interface Callback {
  readonly parameters: number;
  /** Whether it answers; else its type has no result. */
  readonly answers: boolean;
  readonly call: (...parameters: readonly number[]) => number | undefined;
}

const I32 = 0x7f;
const FUNCTION = 0x60;
const SECTION = { type: 1, import: 2, export: 7 } as const;

/** Put each function into the slot of the same place in `slots`. The table may be one that cannot grow. */
export function setCallbacks(table: WebAssembly.Table, slots: readonly number[], callbacks: readonly Callback[]): void {
  const module = new WebAssembly.Module(moduleOf(callbacks));
  const imports = Object.fromEntries(callbacks.map(({ call }, index) => [String(index), call]));
  const { exports } = new WebAssembly.Instance(module, { e: imports });
  for (const [index, slot] of slots.entries()) table.set(slot, exports[String(index)]);
}

function moduleOf(callbacks: readonly Callback[]): Uint8Array<ArrayBuffer> {
  const types = callbacks.map(({ parameters, answers }) => [
    FUNCTION,
    ...vector(Array.from({ length: parameters }, () => [I32])),
    ...vector(answers ? [[I32]] : []),
  ]);
  const imports = callbacks.map((_, index) => [...text("e"), ...text(String(index)), 0, index]);
  const exports = callbacks.map((_, index) => [...text(String(index)), 0, index]);
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(SECTION.type, types),
    ...section(SECTION.import, imports),
    ...section(SECTION.export, exports),
  ]);
}

function section(id: number, entries: readonly number[][]): number[] {
  const bytes = vector(entries);
  return [id, ...unsigned(bytes.length), ...bytes];
}

function vector(entries: readonly number[][]): number[] {
  return [...unsigned(entries.length), ...entries.flat()];
}

function text(value: string): number[] {
  const bytes = Buffer.from(value);
  return [...unsigned(bytes.length), ...bytes];
}

/** LEB128 (5.2.2). */
function unsigned(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}

/** The messages between server and browser: the only file of the library that the demo imports. See PROTOCOL.md. */
export * from "../src/ground/protocol.ts";

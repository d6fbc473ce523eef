/** The part of faye-websocket, sockjs's own WebSocket, that the test client uses. */
declare module "faye-websocket" {
  export interface Client {
    on(event: "message", listener: (event: { readonly data: unknown }) => void): void;
    on(event: "close", listener: (event: { readonly code: number; readonly reason: string }) => void): void;
    on(event: "open", listener: () => void): void;
    send(data: string): void;
    close(): void;
  }
  const faye: {
    readonly Client: new (
      url: string,
      protocols: readonly string[],
      options: { readonly headers: Readonly<Record<string, string>> },
    ) => Client;
  };
  export default faye;
}

declare module "sockjs-client/dist/sockjs.min.js" {
  interface SockJS extends WebSocket {}
  /** As far as it is used here; `@types/sockjs-client` does not have `_receiveInfo`. */
  class SockJS {
    constructor(url: string, protocols: null, options: { readonly timeout: number });
    /** Called with what `/info` has answered; undefined when that was no status 200. */
    _receiveInfo(info: object | undefined, roundTripMs: number): void;
  }
  export default SockJS;
}

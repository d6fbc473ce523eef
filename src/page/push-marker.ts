/**
 * Fires a push marker as Patternslib's own push does, so that pat-push and pat-inject's `push-marker` work without a
 * STOMP broker. pat-push hears only the native event, pat-inject only jQuery's.
 */
import { dom } from "../ground/dom.ts";
import { jQuery } from "../ground/host.ts";

export function firePushMarker(marker: string): void {
  // Shape of the event: Patternslib's src/core/push_kit.js.
  dom.body.dispatchEvent(new CustomEvent("push", { detail: { body: marker } }));
  jQuery()(dom.body).trigger("push", [marker]);
}

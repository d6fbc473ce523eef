/** What is made of the secret that Plone and the gateway share: keys for single purposes, so that a ticket can never pass as a grant. */
import { createHmac } from "node:crypto";

/** @param purpose what the key is for, e.g. `ticket`. */
export function deriveKey(secret: string, purpose: string): Buffer {
  return createHmac("sha256", secret).update(purpose).digest();
}

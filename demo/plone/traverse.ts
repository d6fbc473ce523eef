/** From the uid in a request's path to the document it names, with the permission checked on the way. */
import type { Content } from "./content.ts";
import { maySee, type StoredDocument } from "./document.ts";
import { Problem } from "./problem.ts";
import type { User } from "./users.ts";

/**
 * @param uid whatever the path has.
 *
 * @throws {Problem} 404 when there is none, 403 when it is not for this user.
 */
export async function traverse(user: User, uid: unknown, content: Content): Promise<StoredDocument> {
  const document = await content.get(uid);
  if (!document) throw new Problem(404, "There is no such document.");
  if (!maySee(user, document)) throw new Problem(403, "This document is private: only its owner can see it.");
  return document;
}

/** From a request to the document that its user may see: the permission "View" is checked here, for every view. */
import type { User } from "../accounts/users.ts";
import type { Content } from "../content/content.ts";
import { maySee, type StoredDocument } from "../content/document.ts";
import { Problem } from "../web/problem.ts";

/**
 * @param uid what the request's path contains: anything.
 *
 * @throws {Problem} 404 when there is no such document, 403 when this user may not see it.
 */
export async function traverse(user: User, uid: unknown, content: Content): Promise<StoredDocument> {
  const document = await content.get(uid);
  if (!document) throw new Problem(404, "There is no such document.");
  if (!maySee(user, document)) throw new Problem(403, "This document is private: only its owner can see it.");
  return document;
}

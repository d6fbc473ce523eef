/** From the path of a request to the document it names, with the permission checked on the way. */
import type { Request } from "express";
import type { Content } from "./content.ts";
import { maySee, type StoredDocument } from "./document.ts";
import { Problem } from "./problem.ts";
import type { User } from "./users.ts";

/**
 * The document `:uid` of the request's path.
 *
 * @throws {Problem} 404 when there is none, 403 when it is not for this user.
 */
export async function traverse(user: User, request: Request, content: Content): Promise<StoredDocument> {
  const document = await content.get(request.params["uid"]);
  if (!document) throw new Problem(404, "There is no such document.");
  if (!maySee(user, document)) throw new Problem(403, "This document is private: only its owner can see it.");
  return document;
}

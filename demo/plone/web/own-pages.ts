/**
 * Refuses what pages of other sites send, whoever their user is: the form that signs somebody in as somebody else needs no
 * cookie. Browsers say where a request comes from; scripts outside browsers say nothing, and have no user's cookies.
 */
import type { Request, RequestHandler } from "express";
import { Problem } from "./problem.ts";

const READING_METHODS = ["GET", "HEAD", "OPTIONS"];

/** @param siteOrigin the site's; undefined when it is the request's own host. */
export function ownPagesOnly(siteOrigin: string | undefined): RequestHandler {
  return (request, _response, next) => {
    if (READING_METHODS.includes(request.method) || isOwn(request, siteOrigin)) return next();
    throw new Problem(403, "This form was sent by a page of another site, so nothing was done.");
  };
}

function isOwn({ headers }: Request, siteOrigin: string | undefined): boolean {
  // Not in every browser, and only over https and to localhost. It cannot be mistaken by a proxy that changes `Host`.
  const site = headers["sec-fetch-site"];
  if (site !== undefined) return site === "same-origin" || site === "none";
  const { origin, host } = headers;
  if (origin === undefined || origin === siteOrigin) return true;
  return siteOrigin === undefined && (origin === `http://${host}` || origin === `https://${host}`);
}

/** Headers that limit what a browser may do with a response, whatever a document or its name contains. */
import type { RequestHandler } from "express";

const POLICY = [
  "default-src 'self'",
  // Patternslib's bundle adds <style> elements,
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  // and tests with data: URLs which media the browser can play.
  "media-src 'self' data:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'self'",
].join("; ");

/** Of what a browser fetches for a page, which has a policy of its own: in every snippet it would be more than the snippet. */
const PARTS = ["empty", "image", "script", "style", "font"];

export const securityHeaders: RequestHandler = (request, response, next) => {
  response.set("X-Content-Type-Options", "nosniff");
  // What a cache has of the one is not used for the other.
  response.vary("Sec-Fetch-Dest");
  if (!PARTS.includes(request.get("Sec-Fetch-Dest") ?? "")) {
    response.set({
      "Content-Security-Policy": POLICY,
      "Referrer-Policy": "same-origin",
      "X-Frame-Options": "SAMEORIGIN",
    });
  }
  next();
};

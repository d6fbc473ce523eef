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

export const securityHeaders: RequestHandler = (_request, response, next) => {
  response.set({
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
  });
  next();
};

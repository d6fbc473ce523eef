/** What the browser may do with our answers, whatever a document or its name contains. */
import type { RequestHandler } from "express";

const POLICY = [
  "default-src 'self'",
  // Patternslib's bundle brings its styles as <style> elements.
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "media-src 'self' data:", // and tries out what a browser can play
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

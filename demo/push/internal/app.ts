/** What the gateway offers on its internal port, which no browser can reach: `/metrics` and `/publish`. */
import type { RequestListener } from "node:http";
import express, { type ErrorRequestHandler } from "express";
import type { Metrics } from "./metrics.ts";
import { createPublish, type PublishOptions } from "./publish.ts";

export interface InternalOptions extends PublishOptions {
  readonly metrics: Metrics;
  readonly log: (line: string) => void;
}

export function createInternal({ metrics, log, ...publish }: InternalOptions): RequestListener {
  const app = express().disable("x-powered-by");
  app.get("/metrics", async (_request, response) => {
    response.set("Content-Type", metrics.contentType).send(await metrics.text());
  });
  app.use(createPublish(publish));
  const failed: ErrorRequestHandler = (error: unknown, _request, response, next) => {
    if (response.headersSent) return next(error);
    const { status = 500, message = "failed" }: { status?: number; message?: string } = Object(error);
    if (status >= 500) log(`push: internal: ${String(error)}`);
    response.status(status).json({ error: message });
  };
  app.use(failed);
  return app;
}

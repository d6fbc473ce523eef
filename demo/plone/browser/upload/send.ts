/** Sends one file, and tells how far it is: with XMLHttpRequest, as `fetch` does not know. */
import { OFFLINE, type Outcome, outcomeOf, SILENT, UNREACHABLE, VANISHED } from "./outcome.ts";

/** Without a byte sent, or an answer. */
const SILENCE_MS = 60_000;

export interface Sending {
  /** Never rejects; undefined when it has been cancelled. */
  readonly outcome: Promise<Outcome | undefined>;
  cancel(): void;
}

/** @param progress is told how many bytes of the file have been sent. */
export function send(url: string, form: FormData, file: File, progress: (bytes: number) => void): Sending {
  const request = new XMLHttpRequest();
  let silence: ReturnType<typeof setTimeout> | undefined;
  let isSilent = false;
  const heard = () => {
    clearTimeout(silence);
    silence = setTimeout(() => {
      isSilent = true;
      request.abort();
    }, SILENCE_MS);
  };
  const outcome = new Promise<Outcome | undefined>((resolve) => {
    request.upload.addEventListener("progress", ({ loaded, total }) => {
      heard();
      // The form's other fields are a few bytes more.
      progress(Math.min(file.size, total > 0 ? Math.round((loaded / total) * file.size) : 0));
    });
    request.addEventListener("load", () => resolve(outcomeOf(request.status, request.responseText)));
    request.addEventListener("error", () => resolve(failureOf(file)));
    request.addEventListener("abort", () => resolve(isSilent ? SILENT : undefined));
    request.addEventListener("loadend", () => clearTimeout(silence));
  });
  request.open("POST", url);
  request.setRequestHeader("X-Requested-With", "XMLHttpRequest");
  heard();
  request.send(form);
  return { outcome, cancel: () => request.abort() };
}

/** The browser does not say why a request has failed. */
async function failureOf(file: File): Promise<Outcome> {
  if (!navigator.onLine) return OFFLINE;
  return (await canBeRead(file)) ? UNREACHABLE : VANISHED;
}

/** From the file itself: of one that is gone Chromium says that it has no bytes, and no bytes of it can always be read. */
async function canBeRead(file: File): Promise<boolean> {
  const reader = file.stream().getReader();
  try {
    await reader.read();
    await reader.cancel();
    return true;
  } catch {
    return false;
  }
}

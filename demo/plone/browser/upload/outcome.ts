/** How sending a file ends, in words that say what to do. Knows nothing of the page. */
import { fileSize } from "../../views/format.ts";

export interface Stored {
  readonly name: "stored";
  /** It takes the place of ours. */
  readonly row: Element;
  /** Those of the lists. */
  readonly others: readonly Element[];
}

export interface Refused {
  readonly name: "refused";
  readonly words: string;
  readonly help: Help;
}

export interface SignedOut {
  readonly name: "signed-out";
}

export type Outcome = Stored | Refused | SignedOut;

/**
 * What may help:
 * - `again`: to send it again.
 * - `network`: that, and it is done as soon as there is one.
 * - `choose`: to choose the file again, as the browser reads no other than it was when it was chosen.
 */
export type Help = "again" | "network" | "choose" | "nothing";

export function refused(words: string, help: Help = "again"): Refused {
  return { name: "refused", words, help };
}

export const OFFLINE = refused("You are offline. It will be sent when you are back.", "network");
export const UNREACHABLE = refused("The server could not be reached. It may be restarting.");
export const SILENT = refused("The server has not answered for a minute.");
export const VANISHED = refused("This file has been moved, changed or deleted since it was chosen.", "choose");
export const CANCELLED = refused("Cancelled.");
export const FOLDER = "This is a folder. Please drop the files that are in it.";
export const FOLDERS = "Folders are not shared, only the files that are dropped themselves.";
export const LINK = "That was a link. Only files can be shared here.";

export function tooLarge(maxBytes: number): Refused {
  return refused(`This file is larger than ${fileSize(maxBytes)}, the most that can be uploaded.`, "nothing");
}

/** @param body what the server has answered with. */
export function outcomeOf(status: number, body: string): Outcome {
  if (status === 401) return { name: "signed-out" };
  const { body: answer } = new DOMParser().parseFromString(body, "text/html");
  if (status === 200) {
    const row = answer.querySelector("li.upload-row");
    if (row) return { name: "stored", row, others: [...answer.querySelectorAll(".document, .activity")] };
    // A site that sends its login page instead of saying 401.
    return answer.querySelector("input[type=password]")
      ? { name: "signed-out" }
      : refused("The answer could not be read.");
  }
  if (status === 502 || status === 503 || status === 504) return refused("The server is being restarted.");
  const words = answer.querySelector("#upload-message")?.textContent?.trim();
  // What is said of a form (400), a permission (403) or a size (413) is as true the second time.
  const help = status === 429 || status >= 500 ? "again" : "nothing";
  return refused(words || `The server has answered with an error (${status}).`, help);
}

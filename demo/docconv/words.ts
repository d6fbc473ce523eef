/**
 * What a user is told about a preview that is missing or not whole: one table, so that the words stay true together.
 *
 * Knows nothing of how conversions are done. Each entry also says whether trying again may help: only where the same document
 * can end differently another time.
 */

interface Entry {
  readonly words: (detail: string) => string;
  readonly again: boolean;
}

const CONVERTED = "Previews are made of PDF, images, office documents and text";

const entries = {
  /** The file has no bytes. */
  empty: { words: () => "This file is empty, so there is no preview.", again: false },
  /** A document without pages. */
  "no-pages": { words: () => "This document has no pages, so there is no preview.", again: false },
  /** It has pages, and none of them could be drawn. */
  "unreadable-pages": {
    words: () => "No page of this document could be read, so there is no preview. The file may be damaged.",
    again: false,
  },
  /** More bytes than are taken. Detail: what was found and what is allowed. */
  "too-large": { words: (detail) => `This file is too large for a preview: ${detail}.`, again: false },
  /** A small file that unpacks to a large one. */
  "unpacks-too-large": {
    words: (detail) => `This document is too large for a preview once it is unpacked: ${detail}.`,
    again: false,
  },
  /** None of the kinds in kinds.ts. Detail: what it is, if that is known. */
  "unknown-type": {
    words: (detail) => `${CONVERTED}; this file is ${detail || "none of these"}.`,
    again: false,
  },
  encrypted: { words: () => "This document is protected by a password, so there is no preview.", again: false },
  /** It begins like its kind, but cannot be read. */
  broken: {
    words: (detail) => `This ${detail || "document"} cannot be opened, so there is no preview. It seems to be damaged.`,
    again: false,
  },
  "no-office": {
    words: () => "Previews of this kind of document need LibreOffice, which is not installed on this server.",
    again: false,
  },
  /** Without a cage, only documents whose links can be taken out are opened. */
  "no-cage": {
    words: () =>
      "Previews of this kind of document are not made on this server, because it cannot lock LibreOffice in. " +
      "A PDF of it would have one.",
    again: false,
  },
  /** Detail: the limit. */
  timeout: {
    words: (detail) => `This took longer than the ${detail} a document is given, so it was stopped.`,
    again: true,
  },
  /** LibreOffice ended without a result: killed by a limit, or by a fault of its own. */
  "office-failed": {
    words: () =>
      "LibreOffice failed on this document, so there is no preview. It may need more memory or space than a document is given.",
    again: false,
  },
  /** The converter's own process ended. */
  crashed: { words: () => "The converter failed on this document before it was done.", again: true },
  "no-space": {
    words: () => "There was no room left on the server for the conversion. It may work once there is room again.",
    again: true,
  },
  /** The process that was to do it could not be started. */
  unavailable: { words: () => "The converter could not be started on this server.", again: true },
  /** The server has ended meanwhile. */
  interrupted: { words: () => "The server was restarted before this was done.", again: true },
  /** The task queue has given it up. */
  abandoned: {
    words: () => "Something on the server kept this from being done. The document itself is safe.",
    again: true,
  },
} as const satisfies Record<string, Entry>;

export type Reason = keyof typeof entries;

export const reasons = Object.keys(entries).filter((name): name is Reason => name in entries);

/** @param detail what the entry above asks for; without a full stop. */
export function wordsFor(reason: Reason, detail = ""): { readonly words: string; readonly again: boolean } {
  const { words, again } = entries[reason];
  return { words: words(detail), again };
}

/** What is said beside a preview that is there. */
export const remarks = {
  lostPage: "This page could not be drawn.",
  blankPage: "This page has text, but nothing of it could be drawn.",
  missingFont:
    "Some letters of this page are missing: the document does not bring their font along, and neither does this server.",
  cutImage: "This image is damaged: only a part of it could be read.",
  noEncoding: "This text is in no known encoding, so some letters may be wrong.",
  unread: (type: string): string => `${type}, which no program here can read`,
} as const;

/**
 * The content store: one folder per document, and nothing but files.
 *
 *     content/<uid>/meta.json, original                   appear together when the document is added
 *     content/<uid>/result/result.json, 1-small.webp, …   appear together when its conversion has ended
 *
 * So a document changes exactly once, and its state is told by which folders exist: several processes may read it at
 * any time, and none finds a half-written document. Knows nothing of permissions, HTTP or conversion.
 */
import { randomBytes } from "node:crypto";
import { mkdir, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Conversion } from "../../docconv/convert.ts";
import { isUid, type Meta, parseMeta, parseResult, type Result, type State, type StoredDocument } from "./document.ts";
import { createFolder, readIfThere } from "./files.ts";

export const previewSizes = ["small", "normal", "large"] as const;
export type PreviewSize = (typeof previewSizes)[number];

/** A file: a folder and a name in it. */
export interface FileLocation {
  readonly root: string;
  readonly name: string;
}

/** A file older than this in the scratch folder was left there by a process that died. */
const MAX_SCRATCH_AGE_MS = 60 * 60 * 1000;

export class Content {
  /**
   * The folder for unfinished files. It is on the same file system, so that a finished one can be renamed into its
   * place.
   */
  readonly scratch: string;
  readonly #root: string;
  readonly #log: (line: string) => void;
  /** Documents that cannot change any more: a cache, the files are the truth. */
  readonly #settled = new Map<string, StoredDocument>();

  private constructor(dataDir: string, log: (line: string) => void) {
    this.#root = join(dataDir, "content");
    this.scratch = join(dataDir, "scratch");
    this.#log = log;
  }

  /** Opens the store in a data folder, which is created when it does not exist. Reads every document once. */
  static async open(dataDir: string, log: (line: string) => void): Promise<Content> {
    const content = new Content(dataDir, log);
    await mkdir(content.#root, { recursive: true });
    await mkdir(content.scratch, { recursive: true });
    await content.#removeAbandoned();
    await content.list();
    return content;
  }

  /** Moves the file at the path `file` into the store, as a new, pending document. */
  async add(file: string, meta: Meta): Promise<StoredDocument> {
    const uid = randomBytes(8).toString("hex");
    const isNew = await createFolder(this.scratch, this.#folder(uid), async (folder) => {
      await writeFile(join(folder, "meta.json"), JSON.stringify(meta));
      await rename(file, join(folder, "original"));
    });
    if (!isNew) throw new Error(`expected a new uid, found ${uid} taken`);
    return { ...meta, uid, state: { name: "pending" } };
  }

  /**
   * @param uid what a request contains: anything.
   * @returns undefined when there is no such document.
   */
  async get(uid: unknown): Promise<StoredDocument | undefined> {
    if (!isUid(uid)) return undefined;
    const settled = this.#settled.get(uid);
    if (settled) return settled;
    const meta = await readIfThere(join(this.#folder(uid), "meta.json"));
    if (meta === undefined) return undefined;
    const document = { ...parseMeta(meta), uid, state: await this.#state(uid) };
    if (document.state.name !== "pending") this.#settled.set(uid, document);
    return document;
  }

  /** All documents, newest first. A document that cannot be read is logged and left out. */
  async list(): Promise<StoredDocument[]> {
    const uids = await readdir(this.#root);
    const documents = await Promise.all(
      uids.map((uid) =>
        this.get(uid).catch((error: unknown) => {
          this.#log(`content: ${uid} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
        }),
      ),
    );
    return documents.filter((document) => document !== undefined).sort((a, b) => b.created - a.created);
  }

  /** Stores the previews. Without effect when the document has a result already. */
  async setReady(uid: string, { pages, pageCount }: Pick<Conversion, "pages" | "pageCount">): Promise<void> {
    const result: Result = {
      name: "ready",
      pages: pages.map(({ text, width, height }) => ({ text, width, height })),
      pageCount,
    };
    await this.#settle(uid, result, async (folder) => {
      for (const [index, page] of pages.entries()) {
        for (const size of previewSizes) await writeFile(join(folder, imageName(index + 1, size)), page[size]);
      }
    });
  }

  /** Stores the reason why there is no preview. Without effect when the document has a result already. */
  async setFailed(uid: string, message: string): Promise<void> {
    await this.#settle(uid, { name: "failed", message });
  }

  /** The uploaded file. */
  original(document: StoredDocument): FileLocation {
    return { root: this.#folder(document.uid), name: "original" };
  }

  /** The image of a page, counted from 1. */
  preview(document: StoredDocument, page: number, size: PreviewSize): FileLocation {
    return { root: join(this.#folder(document.uid), "result"), name: imageName(page, size) };
  }

  async #settle(uid: string, result: Result, fill?: (folder: string) => Promise<void>): Promise<void> {
    await createFolder(this.scratch, join(this.#folder(uid), "result"), async (folder) => {
      await fill?.(folder);
      await writeFile(join(folder, "result.json"), JSON.stringify(result));
    });
  }

  async #state(uid: string): Promise<State> {
    const result = await readIfThere(join(this.#folder(uid), "result", "result.json"));
    return result === undefined ? { name: "pending" } : parseResult(result);
  }

  async #removeAbandoned(): Promise<void> {
    for (const name of await readdir(this.scratch)) {
      const path = join(this.scratch, name);
      const age = Date.now() - (await stat(path)).mtimeMs;
      if (age > MAX_SCRATCH_AGE_MS) await rm(path, { recursive: true, force: true });
    }
  }

  #folder(uid: string): string {
    return join(this.#root, uid);
  }
}

function imageName(page: number, size: PreviewSize): string {
  return `${page}-${size}.webp`;
}

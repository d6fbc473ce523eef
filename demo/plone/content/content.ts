/**
 * The content store: one folder per document, and nothing but files.
 *
 *     content/<uid>/meta.json, 1/original       appear together when the document is added
 *     content/<uid>/1/images/1-small.webp, …    appear one by one, each of them whole; so does 1.txt, what the page says
 *     content/<uid>/1/title                     what it has been renamed to since
 *     content/<uid>/1/trail                     when what was done for it, a line for each step
 *     content/<uid>/1/previews.json             names the images there are, and is replaced as a whole
 *
 * Each version of a document has a folder of its own, and meta.json says which one counts: so a conversion of the last version
 * writes nothing into the next. Only who adds a version writes meta.json: nobody else can name one that is gone. Several processes
 * may read and change a document at any time, and none finds a half-written one. Knows nothing of permissions, HTTP or conversion.
 */
import { randomBytes } from "node:crypto";
import { access, appendFile, chmod, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isUid, type Meta, parseMeta, type StoredDocument, type StoredMeta } from "./document.ts";
import { draftPath, removeAbandoned } from "./drafts.ts";
import {
  createFolder,
  ensureFolder,
  ensureSubfolder,
  FILE_MODE,
  isMissing,
  readIfThere,
  writeReserve,
  writeWhole,
} from "./files.ts";
import {
  IMAGES_FOLDER,
  imageName,
  type PreviewSize,
  PreviewWriter,
  RESERVE_FILE,
  STATE_FILE,
  textName,
} from "./preview-writer.ts";
import { isFinal, parseState, type State, WAITING } from "./state.ts";
import { lineOf, parseTrail, type Step, type StepName, TRAIL_FILE } from "./trail.ts";

const META_FILE = "meta.json";
const TITLE_FILE = "title";
const ORIGINAL_FILE = "original";

/** A file: a folder and a name in it. */
export interface FileLocation {
  readonly root: string;
  readonly name: string;
}

interface Settled {
  readonly document: StoredDocument;
  /** Which `meta.json` it was read from: another process may have replaced or removed it. */
  readonly stamp: string;
  /** The same of its title; undefined while it has the one in `meta.json`. */
  readonly titleStamp: string | undefined;
  /** All that its pages say, once somebody has searched. */
  text?: Promise<string>;
}

/** One version of a document. */
type Version = Pick<StoredDocument, "uid" | "version">;

export class Content {
  /**
   * The folder for unfinished files. It is on the same file system, so that a finished one can be renamed into its
   * place.
   */
  readonly scratch: string;
  readonly #root: string;
  readonly #log: (line: string) => void;
  /** Documents whose previews cannot change any more: a cache, the files are the truth. */
  readonly #settled = new Map<string, Settled>();
  /** Of two who replace a file at once the second one finds the first one's version, and leaves nothing of it. */
  #lastReplacement: Promise<unknown> = Promise.resolve();

  private constructor(dataDir: string, log: (line: string) => void) {
    this.#root = join(dataDir, "content");
    this.scratch = join(dataDir, "scratch");
    this.#log = log;
  }

  /** Opens the store in a data folder, which is created when it does not exist. Reads every document once. */
  static async open(dataDir: string, log: (line: string) => void): Promise<Content> {
    const content = new Content(dataDir, log);
    await ensureFolder(content.#root);
    await ensureFolder(content.scratch);
    await removeAbandoned(content.scratch);
    await content.list();
    return content;
  }

  /** Moves the file at the path `file` into the store, as a new document that waits for its previews. */
  async add(file: string, meta: Meta): Promise<StoredDocument> {
    const uid = randomBytes(8).toString("hex");
    const stored: StoredMeta = { ...meta, version: 1 };
    const isNew = await createFolder(this.scratch, this.#folder(uid), async (folder) => {
      await writeFile(join(folder, META_FILE), JSON.stringify(stored), { mode: FILE_MODE });
      const first = join(folder, "1");
      await ensureSubfolder(first);
      await writeReserve(join(first, RESERVE_FILE));
      await chmod(file, FILE_MODE);
      await rename(file, join(first, ORIGINAL_FILE));
    });
    if (!isNew) throw new Error(`expected a new uid, found ${uid} taken`);
    return { ...stored, uid, state: WAITING };
  }

  /**
   * Moves the file at the path `file` into the store, as the document's next version, which waits for its previews. Nothing is kept
   * of the one before.
   *
   * @returns undefined when the document has been removed meanwhile.
   */
  replace(
    { uid }: Pick<StoredDocument, "uid">,
    file: string,
    meta: Pick<Meta, "title" | "size">,
  ): Promise<StoredDocument | undefined> {
    const replaced = this.#lastReplacement.then(async () => {
      const before = await this.get(uid);
      const version = before && (await this.#addVersion(before, file));
      if (before === undefined || version === undefined) return undefined;
      await this.#writeMeta({ ...before, ...meta, version });
      await this.#discard(this.#versionFolder(before));
      return this.get(uid);
    });
    this.#lastReplacement = replaced.catch(() => {});
    return replaced;
  }

  /** @returns the new version's number; undefined when there is no such document any more. */
  async #addVersion({ uid, version }: Version, file: string): Promise<number | undefined> {
    await chmod(file, FILE_MODE);
    // A process that died may have left the next one, which nothing names.
    for (let next = version + 1; ; next += 1) {
      const folder = this.#versionFolder({ uid, version: next });
      const fill = (draft: string) => writeReserve(join(draft, RESERVE_FILE));
      const isNew = await createFolder(this.scratch, folder, fill).catch(unlessMissing);
      if (isNew === undefined) return undefined;
      if (!isNew) continue;
      await rename(file, join(folder, ORIGINAL_FILE));
      return next;
    }
  }

  /**
   * @param uid what a request contains: anything.
   * @returns undefined when there is no such document.
   */
  async get(uid: unknown): Promise<StoredDocument | undefined> {
    if (!isUid(uid)) return undefined;
    const file = join(this.#folder(uid), META_FILE);
    const stamp = await stampOf(file);
    const settled = this.#settled.get(uid);
    if (settled && settled.stamp === stamp) {
      if (settled.titleStamp === (await stampOf(this.#titleFile(settled.document)))) return settled.document;
    }
    this.#settled.delete(uid);
    const meta = await readIfThere(file);
    if (stamp === undefined || meta === undefined) return undefined;
    const parsed = parseMeta(meta);
    const version = { uid, version: parsed.version };
    const titleStamp = await stampOf(this.#titleFile(version));
    const title = (await readIfThere(this.#titleFile(version))) ?? parsed.title;
    const document = { ...parsed, title, uid, state: await this.#state(version) };
    if (isFinal(document.state)) this.#settled.set(uid, { document, stamp, titleStamp });
    return document;
  }

  /** @returns the document under its new title; undefined when it has been removed meanwhile. */
  async rename(document: StoredDocument, title: string): Promise<StoredDocument | undefined> {
    // A version that has been replaced meanwhile has taken its title with it.
    await writeWhole(this.scratch, this.#titleFile(document), title).catch(unlessMissing);
    return this.get(document.uid);
  }

  async #writeMeta({ uid, title, size, owner, created, isPrivate, version }: StoredDocument): Promise<void> {
    const meta: StoredMeta = { title, size, owner, created, isPrivate, version };
    // Where the folder has gone in between, there is nothing to rename the draft into.
    await writeWhole(this.scratch, join(this.#folder(uid), META_FILE), JSON.stringify(meta)).catch(unlessMissing);
  }

  /** @returns false when somebody else has removed it already. */
  async remove({ uid }: StoredDocument): Promise<boolean> {
    const isFirst = await this.#discard(this.#folder(uid));
    this.#settled.delete(uid);
    return isFirst;
  }

  /** In one step: nobody finds half of it, or writes into it while it goes. @returns false when it is not there. */
  async #discard(folder: string): Promise<boolean> {
    const draft = draftPath(this.scratch);
    try {
      await rename(folder, draft);
    } catch (error) {
      unlessMissing(error);
      return false;
    }
    // Another process that has found the folder in its place may still write one file into it.
    await rm(draft, { recursive: true, force: true, maxRetries: 3, retryDelay: 10 });
    return true;
  }

  /** What a page says; empty when it says nothing, or is not there yet. */
  async text(document: Version, page: number): Promise<string> {
    return (await readIfThere(join(this.#versionFolder(document), IMAGES_FOLDER, textName(page)))) ?? "";
  }

  /** What all its pages say. */
  texts(document: StoredDocument): Promise<string> {
    const settled = this.#settled.get(document.uid);
    if (!settled) return this.#texts(document);
    settled.text ??= this.#texts(document);
    return settled.text;
  }

  async #texts(document: StoredDocument): Promise<string> {
    const { pages } = document.state;
    return (await Promise.all(pages.map(({ page }) => this.text(document, page)))).join("\n");
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

  /**
   * Writes down that a step of the document's way has been taken. Nothing depends on it, so that it never fails.
   *
   * @param at in milliseconds since 1970.
   */
  async passed(document: Version, name: StepName, at = Date.now()): Promise<void> {
    const folder = this.#versionFolder(document);
    const write = async () => {
      await access(folder);
      await appendFile(join(folder, TRAIL_FILE), lineOf(name, at), { mode: FILE_MODE });
    };
    await write().catch((error: unknown) => {
      if (!isMissing(error)) this.#log(`content: the trail of ${document.uid} cannot be written: ${error}`);
    });
  }

  async trail(document: Version): Promise<Step[]> {
    return parseTrail((await readIfThere(join(this.#versionFolder(document), TRAIL_FILE))) ?? "");
  }

  /** For whoever makes the previews of the document. */
  async previews(document: Version): Promise<PreviewWriter> {
    return new PreviewWriter(this.#versionFolder(document), this.scratch, await this.#state(document));
  }

  /** The uploaded file. */
  original(document: Version): FileLocation {
    return { root: this.#versionFolder(document), name: ORIGINAL_FILE };
  }

  /** The image of a page, counted from 1. */
  preview(document: Version, page: number, size: PreviewSize): FileLocation {
    return { root: join(this.#versionFolder(document), IMAGES_FOLDER), name: imageName(page, size) };
  }

  async #state(document: Version): Promise<State> {
    const state = await readIfThere(join(this.#versionFolder(document), STATE_FILE));
    return state === undefined ? WAITING : parseState(state);
  }

  #titleFile(document: Version): string {
    return join(this.#versionFolder(document), TITLE_FILE);
  }

  #versionFolder({ uid, version }: Version): string {
    return join(this.#folder(uid), String(version));
  }

  #folder(uid: string): string {
    return join(this.#root, uid);
  }
}

/** Of a file that is replaced as a whole: another one has another. */
async function stampOf(file: string): Promise<string | undefined> {
  const found = await stat(file).catch(unlessMissing);
  return found && `${found.ino} ${found.mtimeMs}`;
}

function unlessMissing(error: unknown): undefined {
  if (!isMissing(error)) throw error;
}

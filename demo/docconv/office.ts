/**
 * Office documents: LibreOffice turns them into PDF, as a filter in a process of its own. The document goes in, the PDF comes
 * out, and what LibreOffice writes meanwhile is gone with it.
 *
 * Runs on the server's side and so never looks into a document.
 */
import { spawn } from "node:child_process";
import { constants, existsSync, realpathSync } from "node:fs";
import { access } from "node:fs/promises";
import { basename, delimiter, dirname, join } from "node:path";
import { buffer } from "node:stream/consumers";
import type { Cage, Command } from "./cage.ts";
import { ConversionError } from "./errors.ts";
import type { OfficeRecipe } from "./kinds.ts";
import type { Limits } from "./limits.ts";
import { afterLastOutput, endOf, killGroup } from "./process-group.ts";
import { createScratch, removeScratch } from "./scratch.ts";

export interface OfficeTask {
  readonly document: Buffer;
  readonly recipe: OfficeRecipe;
  /** Pages that are exported at most. */
  readonly pages: number;
  readonly cage: Cage;
  readonly limits: Limits;
  /** Path of the program. Without it, the first `soffice` or `libreoffice` on PATH. */
  readonly soffice?: string | undefined;
}

/** What SCRIPT below ends with when the document's bytes could not be written. */
const NO_SPACE = 74;
/** When LibreOffice ended as if all were well, and there is no PDF: it could not load the document. */
const NOT_LOADED = 65;

/**
 * @throws {ConversionError} `no-office`, `broken`, `office-failed`, `no-space`.
 * @throws `signal.reason` when it is aborted.
 */
export async function openOffice(task: OfficeTask, signal: AbortSignal): Promise<Buffer> {
  signal.throwIfAborted();
  const soffice = task.soffice ?? (await findOffice());
  if (soffice === undefined || !existsSync(soffice)) throw new ConversionError("no-office");
  // Locked in, its scratch folder is in memory and its own; otherwise it is one of the server's.
  const scratch = task.cage.closed ? undefined : await createScratch();
  try {
    return await run(task, programOf(soffice), scratch, signal);
  } finally {
    if (scratch !== undefined) await removeScratch(scratch);
  }
}

async function run(
  task: OfficeTask,
  program: Program,
  scratch: string | undefined,
  signal: AbortSignal,
): Promise<Buffer> {
  const { file, args } = task.cage.command(commandLine(task, program), {
    visible: [program.folder, ...BESIDE_OFFICE],
    limits: task.limits,
  });
  const child = spawn(file, [...args], {
    cwd: scratch,
    env: scratch === undefined ? environment() : { ...environment(), HOME: scratch, TMPDIR: scratch },
    detached: true, // A group of its own, which one signal ends.
  });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr = (stderr + text).slice(-2000);
  });
  const stop = (): void => killGroup(child);
  signal.addEventListener("abort", stop, { once: true });
  try {
    child.stdin.on("error", () => {}); // Ended before it has read everything: its status says why.
    child.stdin.end(task.document);
    const ended = endOf(child);
    afterLastOutput(ended, () => child.stdout.destroy());
    const [pdf, status] = await Promise.all([buffer(child.stdout).catch(() => undefined), ended]);
    signal.throwIfAborted();
    if (status === 0 && pdf) return pdf;
    throw new ConversionError(reasonOf(status, task.cage), "", {
      cause: new Error(`LibreOffice ended with ${status}: ${stderr}`),
    });
  } finally {
    signal.removeEventListener("abort", stop);
    killGroup(child);
  }
}

function reasonOf(status: number | string, { closed }: Cage): "no-space" | "broken" | "office-failed" {
  // Locked in, the room is the document's own.
  if (status === NO_SPACE && !closed) return "no-space";
  return status === NOT_LOADED ? "broken" : "office-failed";
}

/** The first `soffice` or `libreoffice` on PATH, or undefined when there is none. */
export async function findOffice(path = process.env["PATH"] ?? ""): Promise<string | undefined> {
  for (const directory of path.split(delimiter).filter(Boolean)) {
    for (const program of ["soffice", "libreoffice"]) {
      const candidate = join(directory, program);
      const executable = await access(candidate, constants.X_OK).then(
        () => true,
        () => false,
      );
      if (executable) return candidate;
    }
  }
  return undefined;
}

interface Program {
  readonly path: string;
  readonly folder: string;
}

/** What Debian's packages keep of LibreOffice elsewhere. */
const BESIDE_OFFICE = ["/etc/libreoffice", "/usr/share/libreoffice", "/var/lib/libreoffice", "/usr/lib/libreoffice"];

/**
 * The program itself rather than the script on PATH, whose helper would survive the signal that ends its parent. LibreOffice
 * is seen with the folder that holds its `program` folder.
 */
function programOf(soffice: string): Program {
  const script = realpathSync(soffice);
  const folder = dirname(script);
  const binary = join(folder, "soffice.bin");
  const path = existsSync(binary) ? binary : script;
  return { path, folder: basename(folder) === "program" ? dirname(folder) : script };
}

function environment(): Record<string, string> {
  const { LD_LIBRARY_PATH, FONTCONFIG_FILE } = process.env;
  return {
    PATH: "/usr/bin:/bin",
    LANG: "C.UTF-8",
    ...(LD_LIBRARY_PATH === undefined ? {} : { LD_LIBRARY_PATH }),
    ...(FONTCONFIG_FILE === undefined ? {} : { FONTCONFIG_FILE }),
  };
}

/**
 * A profile for each document: two runs cannot share one, and none finds what another left. With a new one LibreOffice ends
 * with 81, which asks to be started again. `setpriv`, where there is one, lets it end with the shell.
 */
const SCRIPT = `
mkdir -p profile/user && printf %s "$1" > profile/user/registrymodifications.xcu && cat > "$2" || exit ${NO_SPACE}
program=$3; shift 3
if command -v setpriv > /dev/null; then set -- setpriv --pdeathsig KILL -- "$program" "$@"; else set -- "$program" "$@"; fi
"$@" "-env:UserInstallation=file://$PWD/profile" >&2; status=$?
if [ $status = 81 ]; then "$@" "-env:UserInstallation=file://$PWD/profile" >&2; status=$?; fi
[ $status = 0 ] || exit $status
[ -f document.pdf ] || exit ${NOT_LOADED}
exec cat document.pdf`;

function commandLine({ recipe, pages }: OfficeTask, program: Program): Command {
  const { extension, filter, application } = recipe;
  const range = JSON.stringify({ PageRange: { type: "string", value: `1-${pages}` } });
  const args = [
    ...["--headless", "--norestore", "--nolockcheck", "--nodefault", "--nologo"],
    ...(filter === undefined ? [] : [`--infilter=${filter}`]),
    ...["--convert-to", `pdf:${application}_pdf_Export:${range}`, `document.${extension}`],
  ];
  return { file: "/bin/sh", args: ["-c", SCRIPT, "sh", profile(), `document.${extension}`, program.path, ...args] };
}

/**
 * A document may link to images and files elsewhere. Opened on a server they would be fetched from inside its network, or
 * read from its disk: the cage is what prevents it, and this keeps LibreOffice from trying. No macro runs.
 */
function profile(): string {
  const security = "/org.openoffice.Office.Common/Security/Scripting";
  const network = "/org.openoffice.Inet/Settings";
  const set = (path: string, name: string, value: string | number | boolean): string =>
    `<item oor:path="${path}"><prop oor:name="${name}" oor:op="fuse"><value>${value}</value></prop></item>`;
  const items = [
    set(security, "BlockUntrustedRefererLinks", true),
    set(security, "DisableMacrosExecution", true),
    set(security, "MacroSecurityLevel", 3),
    set(network, "ooInetProxyType", 2),
    set(network, "ooInetNoProxy", ""),
    ...["HTTP", "HTTPS", "FTP"].flatMap((scheme) => [
      set(network, `ooInet${scheme}ProxyName`, "127.0.0.1"),
      set(network, `ooInet${scheme}ProxyPort`, 9),
    ]),
  ];
  return `<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">${items.join("")}</oor:items>`;
}

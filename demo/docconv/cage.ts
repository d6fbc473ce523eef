/**
 * What a process of a conversion may see, use and outlive: nothing but what it is given, and never the server.
 *
 * Bubblewrap (Debian's package `bubblewrap`) gives it name spaces of its own: no network, no processes but its own, and of the
 * file system only what is named here. util-linux' `prlimit` sets the limits. Knows nothing of documents.
 */
import { execFile } from "node:child_process";
import { lstatSync, readlinkSync } from "node:fs";
import { dirname } from "node:path";
import { promisify } from "node:util";
import type { Limits } from "./limits.ts";

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
}

export interface Box {
  /** Files and folders that it may read. */
  readonly visible: readonly string[];
  readonly limits: Pick<Limits, "memoryBytes" | "scratchBytes" | "openFiles">;
}

export interface Cage {
  /** Whether processes are locked in. Without, they have limits only. */
  readonly closed: boolean;
  /** For the log. */
  readonly words: string;
  /** The command that runs `command` in it. Its working directory, if locked in, is an empty folder that is gone afterwards. */
  command(command: Command, box: Box): Command;
}

/** Where a locked-in process works. */
export const SCRATCH = "/scratch";

/** Programs and libraries, fonts and what finds them. No home, no data, no secret of /etc. */
const SYSTEM = ["/usr/bin", "/usr/lib", "/usr/lib64", "/etc/ld.so.cache", "/etc/alternatives"];
const FONTS = [
  ...["/usr/share/fonts", "/usr/local/share/fonts", "/usr/share/fontconfig", "/etc/fonts", "/var/cache/fontconfig"],
  ...["/usr/share/texmf/fonts", "/usr/share/poppler"],
];
const ROOT_LINKS = ["/bin", "/lib", "/lib64", "/lib32"];

let found: Promise<Cage> | undefined;

/** The best there is on this machine; looked for once. */
export function findCage(): Promise<Cage> {
  found ??= (async () => {
    if (await runs(bubblewrap.command({ file: "true", args: [] }, PROBE))) return bubblewrap;
    if (await runs(namespaces.command({ file: "true", args: [] }, PROBE))) return namespaces;
    return (await runs(limitsOnly.command({ file: "true", args: [] }, PROBE))) ? limitsOnly : noCage;
  })();
  return found;
}

const PROBE: Box = {
  visible: [],
  limits: { memoryBytes: 2 ** 30, scratchBytes: 2 ** 20, openFiles: 64 },
};

const bubblewrap: Cage = {
  closed: true,
  words: "documents are converted in bubblewrap",
  command: (command, { visible, limits }) =>
    limited(
      {
        file: "bwrap",
        args: [
          ...["--unshare-all", "--die-with-parent", "--new-session", "--hostname", "cage"],
          ...["--setenv", "HOME", SCRATCH, "--setenv", "TMPDIR", SCRATCH],
          ...[...SYSTEM, ...FONTS, ...fontFolders(), ...visible].flatMap((path) => ["--ro-bind-try", path, path]),
          ...ROOT_LINKS.flatMap(rootLink),
          ...["--proc", "/proc", "--dev", "/dev"],
          ...["--size", String(limits.scratchBytes), "--tmpfs", SCRATCH, "--chdir", SCRATCH],
          ...["--", command.file, ...command.args],
        ],
      },
      limits,
    ),
};

const OPEN =
  "documents are converted without a cage, and links are taken out of them: bubblewrap is missing or not allowed";

/** Without bubblewrap, util-linux' `unshare` takes the network away, and ends all processes with the first. */
export const namespaces: Cage = {
  closed: false,
  words: `${OPEN}; they have no network`,
  command: ({ file, args }, box) => {
    const apart = ["--user", "--map-root-user", "--net", "--ipc", "--pid", "--fork", "--kill-child=KILL"];
    return limitsOnly.command({ file: "unshare", args: [...apart, "--", file, ...args] }, box);
  },
};

/** Where there are no name spaces either: a process still has its limits, and ends with the server. */
export const limitsOnly: Cage = {
  closed: false,
  words: OPEN,
  command: (command, { limits }) => {
    const { file, args } = limited(command, limits);
    return { file: "setpriv", args: ["--pdeathsig", "KILL", "--", file, ...args] };
  },
};

const noCage: Cage = {
  closed: false,
  words:
    "documents are converted without a cage and without limits of memory: bubblewrap and util-linux are missing here",
  command: (command) => command,
};

function limited({ file, args }: Command, { memoryBytes, scratchBytes, openFiles }: Box["limits"]): Command {
  // RLIMIT_DATA, not the address space: WebAssembly reserves gigabytes that it never touches.
  const limits = [`--data=${memoryBytes}`, `--fsize=${scratchBytes}`, `--nofile=${openFiles}`, "--core=0"];
  return { file: "prlimit", args: [...limits, file, ...args] };
}

/** Fonts of a configuration of one's own (FONTCONFIG_FILE), which may be anywhere. */
function fontFolders(): string[] {
  const file = process.env["FONTCONFIG_FILE"];
  return file === undefined ? [] : [dirname(file)];
}

function rootLink(path: string): string[] {
  try {
    return lstatSync(path).isSymbolicLink() ? ["--symlink", readlinkSync(path), path] : ["--ro-bind", path, path];
  } catch {
    return [];
  }
}

async function runs({ file, args }: Command): Promise<boolean> {
  return promisify(execFile)(file, [...args]).then(
    () => true,
    () => false,
  );
}

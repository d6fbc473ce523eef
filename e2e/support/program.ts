/** Finding a program that is installed. */
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/**
 * The path of a program: what the environment variable says, or the first of the names on `PATH`; undefined when there is none.
 *
 * @throws when the variable is set to something that cannot be run: a silent fallback would test another program.
 */
export function installedProgram(variable: string, names: readonly string[]): string | undefined {
  const given = process.env[variable];
  if (given) {
    if (!isExecutable(given)) throw new Error(`${variable}: expected an executable file, found ${given}`);
    return given;
  }
  const folders = (process.env["PATH"] ?? "").split(delimiter).filter(Boolean);
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

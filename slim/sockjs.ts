/** sockjs-client in the script: from its parts, without what browsers of this decade do not need, and what nobody hears. */
import type { Plugin } from "vite";
import { withBodies } from "./bodies.ts";
import { SOCKJS_BODIES, SOCKJS_PARTS } from "./sockjs-bodies.ts";

/** What of sockjs-client's files goes, or becomes something else. Each is found in one of them at least. */
const SOCKJS_CUTS: readonly (readonly [RegExp, string])[] = [
  // For debugging.
  [/^var debug = [\s\S]*?\n}\n/gm, ""],
  [/^ *debug\(.*\);\n/gm, ""],
  [/^\w+\.needBody = .*;$/gm, ""],
  // All send in the one way that is left.
  ...["sender", "senderFunc", "AjaxObject"].map((name) => [new RegExp(`, ${name}(?=[,)])`, "g"), ""] as const),
  // All transports need as many.
  [/^\w+\.roundTrips = 2;.*$/gm, ""],
  // What nothing is left for.
  [/^\w+\.enabled = [\s\S]*?\n};\n/gm, ""],
  ...["\\w+._cleanup", "SockJS._transportTimeout", "SockJS.countRTO", "EventSourceReceiver._close"].map(
    (name) => [new RegExp(`^${name.replace(".", "\\.prototype\\.")} = [\\s\\S]*?\\n};\\n`, "gm"), ""] as const,
  ),
  [/^function userSetCode[\s\S]*?\n}\n/gm, ""],
  // What it exports is a function of the list of transports: here they are known.
  [/^module\.exports = function[\s\S]*/gm, "export default SockJS;"],
  [/module\.exports =/g, "export default"],
  [/^var transports;$/gm, ""],
  [/^SockJS\.version = .*$/gm, ""],
  [/^SockJS\.[A-Z]+ = .*$/gm, ""],
  ...["CONNECTING", "OPEN", "CLOSED"].map(
    (state, number) => [new RegExp(`\\bSockJS\\.${state}\\b`, "g"), `${number}`] as const,
  ),
  // Constructors with prototypes, as classes.
  [/^function (\w+)(\([\s\S]*?\})\s+inherits\(\1, (\w+)\);/gm, "class $1 extends $3 {\nconstructor$2"],
  [/^\w+\.prototype\.(\w+) = function(\(.*)/gm, "$1$2"],
  [/^\w+\.(transportName = .*)$/gm, "static $1"],
  [/^export default \w+;/gm, "}\n$&"],
];

/** CommonJS, as sockjs-client writes it, as a module, which can be merged with others. */
function asModule(code: string): string {
  const imports = ['import Xhr from "sockjs-client/lib/transport/sender/xhr-cors";'];
  const rest = code
    .replace(/(?:var|,) (\w+) = require\('([^']+)'\)(?:\.EventEmitter)?\s*;?/g, (_, name: string, path: string) => {
      imports.push(`import ${name} from "${path}";`);
      return "";
    })
    .replace(/^.*\brequire\(.*$/gm, "");
  return imports.join("\n") + rest;
}

/** sockjs-client from its parts. */
export function slimSockJs(): Plugin {
  const prefix = "\0slim:";
  const missing = new Set(SOCKJS_CUTS);
  const unused = new Set(Object.keys(SOCKJS_BODIES));
  const fileOf = (id: string) => Object.keys(SOCKJS_BODIES).find((name) => id.endsWith(name));
  const cut = (code: string) =>
    SOCKJS_CUTS.reduce((rest, found) => {
      const [pattern, replacement] = found;
      if (rest.search(pattern) < 0) return rest;
      missing.delete(found);
      return rest.replace(pattern, replacement);
    }, code);
  return {
    name: "slim-sockjs",
    enforce: "pre",
    buildEnd(error) {
      if (error) return;
      for (const file of unused) this.error(`expected ${file} in sockjs-client, found none`);
      for (const [pattern] of missing) this.error(`expected ${pattern} in sockjs-client, found none`);
    },
    async resolveId(id, importer, options) {
      // What src/connection/sockjs.ts does with the whole of it, is done here.
      if (id.endsWith("/sockjs.ts") || id === "sockjs-client") {
        return this.resolve("sockjs-client/lib/main.js", importer, options);
      }
      if (!importer?.includes("sockjs-client") && !importer?.startsWith(prefix)) return undefined;
      const part = Object.keys(SOCKJS_PARTS).find((name) => (name.startsWith("/") ? id.endsWith(name) : id === name));
      if (part) return prefix + part;
      // What is left of the others asks for no more.
      if (!fileOf(`${id}.js`)) return `${prefix}nothing`;
      return importer.startsWith(prefix) ? this.resolve(`${id}.js`, undefined, options) : undefined;
    },
    load(id) {
      if (!id.startsWith(prefix)) return undefined;
      return SOCKJS_PARTS[id.slice(prefix.length)] ?? "export default undefined;";
    },
    transform(code, id) {
      // First of all: what is alike stands together, and compresses better.
      if (id.endsWith("/src/bundle.ts")) return { code: `import "sockjs-client";${code}`, map: null };
      if (!id.includes("sockjs-client/lib")) return undefined;
      const file = fileOf(id) ?? "";
      unused.delete(file);
      const whole = withBodies(code, SOCKJS_BODIES[file] ?? {});
      return { code: asModule(cut(whole)), map: null, moduleSideEffects: false };
    },
  };
}

import { readFileSync } from "node:fs";
import { defineConfig, type Plugin } from "vite";

/**
 * Three builds of one library.
 *
 * - default: `dist/index.js`, ESM, for bundlers; sockjs-client stays a dependency.
 * - `--mode bundle`: `dist/pat-inject-async.min.js`, one classic script with sockjs-client inside. Its global is the name
 *   under which Patternslib looks for Module Federation containers, so the script tag and the container are one file.
 * - `--mode debug`: `dist/pat-inject-async-debug.min.js`, the overlay.
 */
export default defineConfig(({ mode }) => ({
  publicDir: false,
  ...(mode === "bundle" ? bundle() : mode === "debug" ? debug : modules),
}));

/** Numbers and names that nobody can guess. */
const RANDOM = `
  const bytes = (count) => crypto.getRandomValues(new Uint8Array(count));
  exports.string = (length) => Array.from(bytes(length), (byte) => (byte % 32).toString(32)).join("");
  exports.number = (max) => crypto.getRandomValues(new Uint32Array(1))[0] % max;
  exports.numberString = (max) => String(exports.number(max)).padStart(String(max - 1).length, "0");
`;

/** Sockets are closed by src/connection on `pagehide`: a listener to `unload` would cost the back/forward cache. */
const UNLOADING = `
  exports.attachEvent = (type, listener) => addEventListener(type, listener);
  exports.detachEvent = (type, listener) => removeEventListener(type, listener);
  exports.unloadAdd = exports.unloadDel = exports.triggerUnloadCallbacks = () => {};
`;

/**
 * sockjs-client from its parts, for browsers of this decade: without what has long been built into JavaScript, and without
 * what only browsers need that have no CORS: of the transports, websocket, xhr-streaming, eventsource and xhr-polling.
 */
const MODERN: Readonly<Record<string, string>> = {
  "./shims": "module.exports = {};",
  "url-parse": "module.exports = class extends URL { set(name, value) { this[name] = value; } };",
  inherits: "module.exports = (child, parent) => { Object.setPrototypeOf(child.prototype, parent.prototype); };",
  "./transport-list": `module.exports = ["websocket", "xhr-streaming", "eventsource", "xhr-polling"].map((name) => ({
    websocket: require("sockjs-client/lib/transport/websocket"),
    "xhr-streaming": require("sockjs-client/lib/transport/xhr-streaming"),
    eventsource: require("sockjs-client/lib/transport/eventsource"),
    "xhr-polling": require("sockjs-client/lib/transport/xhr-polling"),
  })[name]);`,
  "./iframe-bootstrap": "module.exports = () => {};",
  "./info-iframe": "module.exports = { enabled: () => false };",
  "./transport/sender/xdr": "module.exports = { enabled: false };",
  "./transport/sender/xhr-fake": "module.exports = {};",
  "./utils/escape": "exports.quote = JSON.stringify;",
  "./utils/log": "module.exports = console;",
  "./utils/browser": `module.exports = {
    isOpera: () => false, isKonqueror: () => false, hasDomain: () => location.origin !== "null",
  };`,
  "./utils/random": RANDOM,
  "./utils/event": UNLOADING,
};

function slimSockJs(): Plugin {
  const prefix = "\0modern:";
  return {
    name: "slim-sockjs",
    enforce: "pre",
    async resolveId(id, importer, options) {
      if (id === "sockjs-client/dist/sockjs.min.js")
        return this.resolve("sockjs-client/lib/entry.js", importer, options);
      if (importer?.startsWith(prefix)) return this.resolve(id, undefined, options);
      const part = id.replace(/^(\.\.\/)+(utils|transport)\//, "./$2/");
      return importer?.includes("sockjs-client") && part in MODERN ? prefix + part : undefined;
    },
    load: (id) => (id.startsWith(prefix) ? MODERN[id.slice(prefix.length)] : undefined),
  };
}

/** idiomorph without what is for `<head>` and for texts: targets are in the body, and content comes as nodes. */
function slimIdiomorph(): Plugin {
  const bodies = { withHeadBlocking: "return callback(ctx);", handleHeadElement: "return [];", parseContent: "" };
  return {
    name: "slim-idiomorph",
    enforce: "pre",
    transform(code, id) {
      if (!id.includes("idiomorph.esm")) return undefined;
      const slim = Object.entries(bodies).reduce((rest, [name, body]) => {
        const [whole, head] = new RegExp(`( +)function ${name}\\([^)]*\\) \\{[\\s\\S]*?\\n\\1\\}`).exec(rest) ?? [];
        if (!whole || !head) throw new Error(`idiomorph: expected a function ${name}, found none`);
        return rest.replace(whole, whole.replace(/\{[\s\S]*/, `{ ${body} }`));
      }, code);
      return { code: slim, map: null };
    },
  };
}

/** Opens the script with the licences of what is inside. */
function licences(): Plugin {
  const read = (file: string) => readFileSync(new URL(file, import.meta.url), "utf8").trim();
  const text = [
    `pat-inject-async ${/"version": "([^"]+)"/.exec(read("package.json"))?.[1]}, BSD-3-Clause.`,
    "Inside: idiomorph, Zero-Clause BSD; sockjs-client:",
    read("node_modules/sockjs-client/LICENSE"),
  ].join("\n");
  const banner = `/*!\n${text}\n*/\n`;
  return {
    name: "licences",
    generateBundle(_options, output) {
      for (const chunk of Object.values(output)) {
        if (chunk.type !== "chunk") continue;
        chunk.code = banner + chunk.code;
        if (chunk.map) chunk.map.mappings = ";".repeat(banner.split("\n").length - 1) + chunk.map.mappings;
      }
    },
  };
}

const script = (entry: string, name: string, file: string) => ({
  target: "es2022",
  emptyOutDir: false,
  sourcemap: true,
  lib: { entry, formats: ["iife" as const], name, fileName: () => file },
});

const bundle = () => ({
  plugins: [slimSockJs(), slimIdiomorph(), licences()],
  define: { global: "globalThis", "process.env.NODE_ENV": '"production"' },
  build: script("src/bundle.ts", "__patternslib_mf__patinjectasync", "pat-inject-async.min.js"),
});

const debug = {
  build: script("src/debug.ts", "patInjectAsyncDebug", "pat-inject-async-debug.min.js"),
};

const modules = {
  build: {
    target: "es2022",
    emptyOutDir: true,
    sourcemap: true,
    minify: false,
    lib: { entry: "src/index.ts", formats: ["es" as const] },
    rolldownOptions: {
      external: /^sockjs-client/,
      output: {
        // Module by module: merged into one file, sockjs-client would load before sockjs-unload.ts takes effect.
        preserveModules: true,
        // What is not ours comes along under its own name: npm leaves out every folder called node_modules.
        entryFileNames: ({ name }: { name: string }) => `${name.replace(/^.*node_modules\//, "vendor/")}.js`,
        preserveModulesRoot: "src",
      },
    },
  },
};

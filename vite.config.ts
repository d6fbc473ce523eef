import { defineConfig, type Plugin } from "vite";

/**
 * sockjs-client from its parts, for browsers of this decade: all of its transports, without what has long been built into
 * JavaScript. A third smaller than its own `dist`.
 */
const MODERN: Readonly<Record<string, string>> = {
  "./shims": "module.exports = {};",
  "url-parse": "module.exports = class extends URL { set(name, value) { this[name] = value; } };",
  inherits: "module.exports = (child, parent) => { Object.setPrototypeOf(child.prototype, parent.prototype); };",
};

function slimSockJs(): Plugin {
  const prefix = "\0modern:";
  return {
    name: "slim-sockjs",
    enforce: "pre",
    async resolveId(id, importer, options) {
      if (id === "sockjs-client/dist/sockjs.min.js")
        return this.resolve("sockjs-client/lib/entry.js", importer, options);
      return importer?.includes("sockjs-client") && id in MODERN ? prefix + id : undefined;
    },
    load: (id) => (id.startsWith(prefix) ? MODERN[id.slice(prefix.length)] : undefined),
  };
}

/**
 * Two builds of one library.
 *
 * - default: `dist/index.js`, ESM, for bundlers; sockjs-client stays a dependency.
 * - `--mode bundle`: `dist/pat-inject-async.min.js`, one classic script with sockjs-client inside. Its global is the name
 *   under which Patternslib looks for Module Federation containers, so the script tag and the container are one file.
 */
export default defineConfig(({ mode }) => ({
  publicDir: false,
  ...(mode === "bundle" ? bundle : modules),
}));

const bundle = {
  plugins: [slimSockJs()],
  define: { global: "globalThis", "process.env.NODE_ENV": '"production"' },
  build: {
    target: "es2022",
    emptyOutDir: false,
    sourcemap: true,
    lib: {
      entry: "src/bundle.ts",
      formats: ["iife" as const],
      name: "__patternslib_mf__patinjectasync",
      fileName: () => "pat-inject-async.min.js",
    },
  },
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
        // Module by module: merged into one file, sockjs-client would load before src/sockjs-unload.ts takes effect.
        preserveModules: true,
        // What is not ours comes along under its own name: npm leaves out every folder called node_modules.
        entryFileNames: ({ name }: { name: string }) => `${name.split("/").at(-1)}.js`,
      },
    },
  },
};

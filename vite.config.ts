import { readFileSync } from "node:fs";
import { defineConfig, type Plugin } from "vite";
import { slimIdiomorph, slimSockJs } from "./vite.slim.ts";

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

/** Opens the script with the licences of what is inside; their texts are in `dist/LICENSES.txt`. */
function licences(): Plugin {
  const read = (file: string) => readFileSync(new URL(file, import.meta.url), "utf8").trim();
  const inside = ["sockjs-client", "idiomorph"].map((name) => `${name}\n\n${read(`node_modules/${name}/LICENSE`)}\n`);
  const version = /"version": "([^"]+)"/.exec(read("package.json"))?.[1];
  const banner = `/*! pat-inject-async ${version} BSD-3-Clause; inside: sockjs-client MIT (c) 2011-2018 The sockjs-client Authors, idiomorph 0BSD; see LICENSES.txt */\n`;
  return {
    name: "licences",
    generateBundle(_options, output) {
      for (const chunk of Object.values(output)) {
        if (chunk.type !== "chunk") continue;
        chunk.code = banner + chunk.code;
        if (chunk.map) chunk.map.mappings = `;${chunk.map.mappings}`;
      }
      this.emitFile({ type: "asset", fileName: "LICENSES.txt", source: inside.join("\n\n") });
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

import { readFileSync } from "node:fs";
import { minify } from "terser";
import { defineConfig, type Plugin } from "vite";
import { slimIdiomorph } from "./slim/idiomorph.ts";
import { OWN_NAMES, THEIR_NAMES } from "./slim/names.ts";
import { slimSockJs } from "./slim/sockjs.ts";

/**
 * Three builds of one library, and one of the demo's own patterns.
 *
 * - default: `dist/index.js`, ESM, for bundlers; sockjs-client stays a dependency.
 * - `--mode bundle`: `dist/pat-inject-async.min.js`, one classic script with sockjs-client inside. Its global is the name
 *   under which Patternslib looks for Module Federation containers, so the script tag and the container are one file.
 * - `--mode debug`: `dist/pat-inject-async-debug.min.js`, the overlay.
 * - `--mode demo`: `demo/dist/commons.min.js`, a classic script; no part of the package.
 */
export default defineConfig(({ mode }) => ({
  publicDir: false,
  ...(mode === "bundle" ? bundle() : mode === "debug" ? debug : mode === "demo" ? demo : modules),
}));

/** The texts of the licences of what is inside. */
function licences(): Plugin {
  const texts = ["sockjs-client", "idiomorph"].map((name) => `${name}\n\n${read(`node_modules/${name}/LICENSE`)}\n`);
  return {
    name: "licences",
    generateBundle() {
      this.emitFile({ type: "asset", fileName: "LICENSES.txt", source: texts.join("\n\n") });
    },
  };
}

function read(file: string): string {
  return readFileSync(new URL(file, import.meta.url), "utf8").trim();
}

const version = /"version": "([^"]+)"/.exec(read("package.json"))?.[1];
/** Opens the script. */
const banner = `/*! pat-inject-async ${version} BSD-3-Clause; inside: sockjs-client MIT (c) 2011-2018 The sockjs-client Authors, idiomorph 0BSD; see LICENSES.txt */`;

/** Before Vite's own minifier: neither alone makes the script as small as both do, in this order. */
function shrink(): Plugin {
  return {
    name: "shrink",
    async renderChunk(code) {
      const { code: shrunk = "", map } = await minify(code, {
        ecma: 2022,
        compress: {
          inline: 1,
          passes: 3,
          pure_getters: true,
          // What these two make shorter is never called with `new`.
          unsafe_arrows: true,
          unsafe_methods: true,
        },
        mangle: { properties: { regex: new RegExp(`${THEIR_NAMES.source}|^(${OWN_NAMES.join("|")})$`) } },
        sourceMap: true,
      });
      return { code: shrunk, map: map?.toString() ?? null };
    },
  };
}

const script = (entry: string, name: string, file: string, postBanner = "") => ({
  target: "es2022",
  emptyOutDir: false,
  sourcemap: true,
  lib: { entry, formats: ["iife" as const], name, fileName: () => file },
  rolldownOptions: {
    checks: { pluginTimings: false },
    output: { esModule: false, generatedCode: { symbols: false }, postBanner },
  },
});

const bundle = () => ({
  plugins: [slimSockJs(), slimIdiomorph(), shrink(), licences()],
  define: { global: "globalThis", "process.env.NODE_ENV": '"production"' },
  build: script("src/bundle.ts", "__patternslib_mf__patinjectasync", "pat-inject-async.min.js", banner),
});

const debug = {
  build: script("src/debug.ts", "patInjectAsyncDebug", "pat-inject-async-debug.min.js"),
};

const demo = {
  build: {
    ...script("demo/plone/browser/index.ts", "commonsDemo", "commons.min.js"),
    outDir: "demo/dist",
  },
};

const modules = {
  plugins: [slimIdiomorph()],
  build: {
    target: "es2022",
    emptyOutDir: true,
    sourcemap: true,
    minify: false,
    lib: { entry: ["src/index.ts", "src/ground/protocol.ts"], formats: ["es" as const] },
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

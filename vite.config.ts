import { defineConfig } from "vite";

/**
 * Two builds of one library.
 *
 * - default: `dist/index.js`, ESM, for bundlers; sockjs-client stays a dependency.
 * - `--mode bundle`: `dist/pat-inject-async.min.js`, one classic script with sockjs-client inside. Its global is the name
 *   under which Patternslib looks for Module Federation containers, so the script tag and the container are one file.
 */
export default defineConfig(({ mode }) => ({
  publicDir: false,
  build:
    mode === "bundle"
      ? {
          target: "es2022",
          emptyOutDir: false,
          sourcemap: true,
          lib: {
            entry: "src/bundle.ts",
            formats: ["iife"],
            name: "__patternslib_mf__patinjectasync",
            fileName: () => "pat-inject-async.min.js",
          },
        }
      : {
          target: "es2022",
          emptyOutDir: true,
          sourcemap: true,
          minify: false,
          lib: { entry: "src/index.ts", formats: ["es"] },
          rolldownOptions: {
            external: /^sockjs-client/,
            // Module by module: merged into one file, sockjs-client would load before src/sockjs-unload.ts takes effect.
            output: { preserveModules: true, entryFileNames: "[name].js" },
          },
        },
}));

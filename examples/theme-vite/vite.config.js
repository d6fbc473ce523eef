import { defineConfig } from "vite";

// One classic script, as Plone's resource registry loads it: no jQuery and no Patternslib in it, those are the page's.
export default defineConfig({
  build: { lib: { entry: "src/theme.js", formats: ["iife"], name: "theme", fileName: () => "theme.min.js" } },
});

const path = require("node:path");
const webpackConfig = require("@patternslib/dev/webpack/webpack.config").config;
const federation = require("@patternslib/dev/webpack/webpack.mf").config;
const package_json = require("./package.json");

// A bundle for Plone's resource registry: `theme-remote.min.js`, which Patternslib finds by Module Federation.
module.exports = (env, argv) => {
  const entry = { "theme.min": path.resolve(__dirname, "src/theme.js") };
  const config = webpackConfig({ env, argv, config: { entry }, package_json });
  config.output.path = path.resolve(__dirname, "dist");
  // By itself it translates `pat-*` packages for browsers of long ago, which makes this one half as large again.
  config.module.rules.find(({ loader }) => loader === "babel-loader").exclude = /node_modules/;
  config.plugins.push(
    federation({ name: package_json.name, filename: "theme-remote.min.js", remote_entry: entry["theme.min"] }),
  );
  return config;
};

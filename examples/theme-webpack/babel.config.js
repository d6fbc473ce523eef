module.exports = require("@patternslib/dev/babel.config.js");

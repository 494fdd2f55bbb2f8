/* eslint-disable @typescript-eslint/no-require-imports -- loads TypeScript, so it cannot be TypeScript */
const fs = require("node:fs");
const { transformSync } = require("@swc/core");

const OPTIONS = {
  jsc: { parser: { syntax: "typescript" }, target: "es2022" },
  module: { type: "commonjs" },
  sourceMaps: true,
};

/**
 * Lets `require` load TypeScript by stripping its types, which have a gate of their own (make check). ts-node would load the whole
 * compiler for that at every run, over a second with its check and half a second without.
 * @returns source maps as JSON by file name, for whoever tells positions.
 */
module.exports.stripTypes = () => {
  const maps = new Map();
  require.extensions[".ts"] = (module, filename) => {
    const { code, map } = transformSync(fs.readFileSync(filename, "utf8"), { ...OPTIONS, filename });
    maps.set(filename, map);
    module._compile(code, filename);
  };
  return maps;
};

/* eslint-disable @typescript-eslint/no-require-imports -- loads TypeScript, so it cannot be TypeScript */
const { createHash } = require("node:crypto");
const fs = require("node:fs");
const { keepAtExit, keptFile } = require("./kept-file.js");

const OPTIONS = {
  jsc: { parser: { syntax: "typescript" }, target: "es2022" },
  // import() stays: it loads modules of ECMAScript's own kind, which require cannot.
  module: { type: "commonjs", ignoreDynamic: true },
  sourceMaps: true,
};

/**
 * Lets `require` load TypeScript by stripping its types, which have a gate of their own (make check). ts-node would load the whole
 * compiler for that at every run, over a second with its check and half a second without. What was stripped is kept for the next
 * run, which then loads no compiler at all.
 * @returns source maps as JSON by file name, for whoever tells positions.
 */
module.exports.stripTypes = () => {
  const maps = new Map();
  const file = keptFile("stripped.json");
  const kept = fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, "utf8")) : {};
  const { version } = require("@swc/core/package.json");
  let isComplete = true;
  require.extensions[".ts"] = (module, filename) => {
    const source = fs.readFileSync(filename, "utf8");
    const digest = createHash("sha256")
      .update(JSON.stringify(OPTIONS))
      .update(version)
      .update(source)
      .digest("hex");
    if (kept[filename]?.digest !== digest) {
      const { code, map } = require("@swc/core").transformSync(source, { ...OPTIONS, filename });
      kept[filename] = { digest, code, map };
      isComplete = false;
    }
    const { code, map } = kept[filename];
    maps.set(filename, map);
    module._compile(code, filename);
  };
  const present = () =>
    Object.fromEntries(Object.entries(kept).filter(([filename]) => fs.existsSync(filename)));
  keepAtExit(file, () => (isComplete ? undefined : JSON.stringify(present())));
  return maps;
};

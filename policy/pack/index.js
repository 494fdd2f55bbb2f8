// Pulumi's runner of policy packs registers ts-node with a full type check, which costs seconds (@pulumi/pulumi cmd/run-policy-pack).
// Types have a gate of their own (make check), so here they are only stripped.
/* eslint-disable @typescript-eslint/no-require-imports -- Pulumi's runner loads CommonJS */
const fs = require("node:fs");
const { transformSync } = require("@swc/core");

const options = {
  jsc: { parser: { syntax: "typescript" }, target: "es2022" },
  module: { type: "commonjs" },
};
require.extensions[".ts"] = (module, filename) =>
  module._compile(transformSync(fs.readFileSync(filename, "utf8"), { ...options, filename }).code, filename);

require("./main.ts");

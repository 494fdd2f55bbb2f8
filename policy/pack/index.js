/* eslint-disable @typescript-eslint/no-require-imports -- Pulumi's runner loads CommonJS */
const fs = require("node:fs");
const { transformSync } = require("@swc/core");

// The policy SDK takes only assets from Pulumi's whole SDK, whose other parts (automation, closures) would cost as long as the rest.
const sdk = require.resolve("@pulumi/pulumi");
require.cache[sdk] = {
  id: sdk,
  filename: sdk,
  loaded: true,
  exports: { asset: require("@pulumi/pulumi/asset") },
};

// Pulumi's runner of policy packs registers ts-node with a full type check, which costs seconds (@pulumi/pulumi cmd/run-policy-pack).
// Types have a gate of their own (make check), so here they are only stripped.
const options = {
  jsc: { parser: { syntax: "typescript" }, target: "es2022" },
  module: { type: "commonjs" },
};
require.extensions[".ts"] = (module, filename) =>
  module._compile(transformSync(fs.readFileSync(filename, "utf8"), { ...options, filename }).code, filename);

require("./main.ts");

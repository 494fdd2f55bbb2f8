/* eslint-disable @typescript-eslint/no-require-imports -- Pulumi's runner loads CommonJS */
const { stripTypes } = require("../../load/strip-types.js");

// The policy SDK takes only assets from Pulumi's whole SDK, whose other parts (automation, closures) would cost as long as the rest.
const sdk = require.resolve("@pulumi/pulumi");
require.cache[sdk] = {
  id: sdk,
  filename: sdk,
  loaded: true,
  exports: { asset: require("@pulumi/pulumi/asset") },
};

// Pulumi's runner of policy packs registers ts-node with a full type check, which costs seconds (@pulumi/pulumi cmd/run-policy-pack).
stripTypes();

require("./main.ts");

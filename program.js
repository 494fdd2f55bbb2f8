/* eslint-disable @typescript-eslint/no-require-imports -- loads TypeScript, so it cannot be TypeScript */
// What Pulumi runs: index.ts, loaded in a tenth of the time that Pulumi's own loader takes (docs/speed.md).
const { loadLazily } = require("./load/lazy-modules.js");
const { quietSdk } = require("./load/quiet-sdk.js");
const { mapStackTraces } = require("./load/stack-traces.js");
const { stripTypes } = require("./load/strip-types.js");

mapStackTraces(stripTypes());
// Parts of the SDK for functions that become cloud code and for programs that run Pulumi. This program is neither.
loadLazily(
  ["@pulumi/pulumi/automation", "@pulumi/pulumi/typescript-shim", "@npmcli/arborist"],
  require.resolve("@pulumi/pulumi"),
);
quietSdk(require.resolve("@pulumi/pulumi"));

module.exports = require("./index.ts");

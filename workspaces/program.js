/* eslint-disable @typescript-eslint/no-require-imports -- loads TypeScript, so it cannot be TypeScript */
// What Pulumi runs: stacks/workspace.ts, loaded as ../program.js loads index.ts.
const { loadLazily } = require("../load/lazy-modules.js");
const { quietSdk } = require("../load/quiet-sdk.js");
const { mapStackTraces } = require("../load/stack-traces.js");
const { stripTypes } = require("../load/strip-types.js");

mapStackTraces(stripTypes());
loadLazily(
  ["@pulumi/pulumi/automation", "@pulumi/pulumi/typescript-shim", "@npmcli/arborist"],
  require.resolve("@pulumi/pulumi"),
);
quietSdk(require.resolve("@pulumi/pulumi"));

module.exports = () => require("../stacks/workspace.ts").buildWorkspace();

/* eslint-disable @typescript-eslint/no-require-imports -- loads TypeScript, so it cannot be TypeScript */
// What Pulumi runs: index.ts, loaded in a tenth of the time that Pulumi's own loader takes (docs/speed.md).
const { startPlugins } = require("./load/early-plugins.js");
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
// Zod's messages in fifty languages; certificate requests, which the developer's identity can make and this program never does.
loadLazily(
  ["zod/v4/locales", "@peculiar/asn1-csr", "@peculiar/asn1-schema", "@peculiar/asn1-x509"],
  module.filename,
);
quietSdk(require.resolve("@pulumi/pulumi"));

module.exports = async () => {
  await startPlugins(["@pulumi/command", "@pulumi/tls"], module.filename);
  return require("./index.ts")();
};

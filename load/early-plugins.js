/* eslint-disable @typescript-eslint/no-require-imports -- loads TypeScript, so it cannot be TypeScript */
const { createRequire } = require("node:module");

/**
 * Has the engine start plugins while this program is still being loaded. It starts each when something of its package is asked for the
 * first time, one after the other, and registers nothing meanwhile: 0.13 s each.
 *
 * Only in a preview: an update touches nothing, and records nothing, before the configuration has been read and found right.
 * @param packages npm packages whose default provider the program uses.
 * @param from file from whose place they are looked up.
 * @returns once the engine has been asked, not once the plugins run.
 */
module.exports.startPlugins = async (packages, from) => {
  const requireFrom = createRequire(from);
  const settings = requireFrom("@pulumi/pulumi/runtime/settings");
  if (!settings.isDryRun() || !settings.hasMonitor()) return;
  const { ResourceInvokeRequest, SupportsFeatureRequest } = requireFrom("@pulumi/pulumi/proto/resource_pb");
  const monitor = settings.getMonitor();
  for (const name of packages) {
    // The provider that resources of the package get is of the version that they are registered with.
    const { version, pulumi } = requireFrom(`${name}/package.json`);
    const request = new ResourceInvokeRequest();
    // There is no such function: what is wanted is that the engine looks for it. Whatever is wrong with a plugin, its first resource tells.
    request.setTok(`${pulumi.name}:index:started`);
    request.setVersion(version);
    monitor.invoke(request, () => undefined);
  }
  // To load modules keeps this process from sending: an answer means that what was asked before has been sent.
  await new Promise((resolve) => monitor.supportsFeature(new SupportsFeatureRequest(), resolve));
};

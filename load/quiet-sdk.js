/* eslint-disable @typescript-eslint/no-require-imports -- loads TypeScript, so it cannot be TypeScript */
const { createRequire } = require("node:module");

/**
 * Leaves out what the SDK does at every resource for somebody who looks for a fault in it: four to five debug messages, each a call
 * to the engine that throws them away unless asked (`pulumi --debug`); the stack of the line that declares it, which only Pulumi's cloud
 * shows; and a stack trace for each of some ten promises. Together a fourth of what a resource costs the program.
 * `BERTH_SDK_DEBUG=1` keeps the first two, `PULUMI_DEBUG_PROMISE_LEAKS=1`, which the SDK itself advises where promises leak, the traces.
 * @param from file from whose place the SDK is looked up.
 */
module.exports.quietSdk = (from, environment = process.env) => {
  const requireFrom = createRequire(from);
  if (!environment.BERTH_SDK_DEBUG) {
    requireFrom("@pulumi/pulumi/log").debug = () => Promise.resolve();
    requireFrom("@pulumi/pulumi/resource").Resource.callsites = () => [];
  }
  if (environment.PULUMI_DEBUG_PROMISE_LEAKS) return;
  const debuggable = requireFrom("@pulumi/pulumi/runtime/debuggable");
  const { debuggablePromise } = debuggable;
  debuggable.debuggablePromise = (promise, context) => {
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    try {
      return debuggablePromise(promise, context);
    } finally {
      Error.stackTraceLimit = limit;
    }
  };
};

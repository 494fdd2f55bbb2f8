import type { RunRequest } from "@pulumi/pulumi/proto/language_pb";
import { typescriptVariables, type RuntimeOptions } from "./runtime-options";

/** What to start for one run of a program. */
export interface RunCommand {
  args: string[];
  /** Additions to this process's own environment. */
  environment: Record<string, string>;
}

/** `ns:name` as programs of any SDK version read it: `ns:config:name`. Both forms may come in. */
function programConfigKey(key: string): string {
  const [namespace, ...rest] = key.split(":");
  const name = rest[0] === "config" && rest.length > 1 ? rest.slice(1) : rest;
  return [namespace, "config", ...name].join(":");
}

/** The configuration as the SDK expects it in its environment: values, and which of them are secret. */
export function configVariables(
  config: Iterable<[string, string]>,
  secretKeys: string[],
): Record<string, string> {
  const values = Object.fromEntries([...config].map(([key, value]) => [programConfigKey(key), value]));
  return {
    PULUMI_CONFIG: JSON.stringify(values),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(secretKeys),
  };
}

/** The Node command line and environment for a program. `runScript` is `@pulumi/pulumi/cmd/run` of the program's own SDK. */
export function programCommand(
  request: RunRequest,
  options: RuntimeOptions,
  addresses: { runScript: string; engine: string; tracing: string },
): RunCommand {
  const info = request.getInfo();
  const flags: [string, string | undefined][] = [
    ["monitor", request.getMonitorAddress()],
    ["engine", addresses.engine],
    ["organization", request.getOrganization()],
    ["project", request.getProject()],
    ["root-directory", info?.getRootDirectory()],
    ["stack", request.getStack()],
    ["pwd", info?.getProgramDirectory()],
    ["parallel", String(request.getParallel())],
    ["tracing", addresses.tracing],
  ];
  return {
    args: [
      ...options.nodeArguments,
      addresses.runScript,
      ...flags.flatMap(([name, value]) => (value ? [`--${name}`, value] : [])),
      ...(request.getDryrun() ? ["--dry-run"] : []),
      info?.getEntryPoint() || ".",
      ...request.getArgsList(),
    ],
    environment: {
      ...configVariables(request.getConfigMap().getEntryList(), request.getConfigsecretkeysList()),
      ...typescriptVariables(options),
    },
  };
}

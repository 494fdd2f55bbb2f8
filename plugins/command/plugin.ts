import type { PluginDefinition } from "../kit/types";
import { localCommand } from "./local/command";
import { localRun } from "./local/run";
import { remoteCommand } from "./remote/command";
import { copyToRemote } from "./remote/copy-to-remote";

/** Stands in for pulumi-command: commands and copies on this machine and over SSH. */
export const commandPlugin: PluginDefinition<undefined> = {
  name: "command",
  version: "1.2.1",
  config: {},
  configure: () => undefined,
  resources: {
    "command:local:Command": localCommand,
    "command:remote:Command": remoteCommand,
    "command:remote:CopyToRemote": copyToRemote,
  },
  functions: { "command:local:run": localRun },
};

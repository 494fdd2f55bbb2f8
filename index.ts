import { loadConfig } from "./config/load";
import { buildStack } from "./stacks/build";

// Pulumi exports every name that this module exports; docs/outputs.md describes them.
export = buildStack(loadConfig());

import { loadConfig } from "./config/load";
import { buildStack } from "./stacks/build";

// Pulumi calls what this module exports and takes every name of the result as an output; docs/outputs.md describes them.
export = () => buildStack(loadConfig());

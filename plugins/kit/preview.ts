import type { CallScope } from "./calls";
import type { PluginHost } from "./host";
import { UNKNOWN, type Properties, type ResourceDefinition, type ResourceState } from "./types";

/** The outputs that a preview shows: inputs as they are, what the resource can tell beforehand, the rest unknown. */
export function previewState<Client>(
  definition: ResourceDefinition<Client>,
  inputs: Properties,
  old: ResourceState | undefined,
): Properties {
  const unknown: Properties = Object.fromEntries(
    Object.keys(definition.outputs).map((name) => [name, UNKNOWN]),
  );
  return { ...unknown, ...inputs, ...definition.previewOutputs?.(inputs, old) };
}

/** The same, after the work that the resource does in a preview. */
export async function runPreview<Client>(
  host: PluginHost<Client>,
  scope: CallScope,
  step: { definition: ResourceDefinition<Client>; urn: string; timeoutSeconds: number },
  inputs: Properties,
  old: ResourceState | undefined,
): Promise<Properties> {
  const { definition, urn, timeoutSeconds } = step;
  const shown = previewState(definition, inputs, old);
  if (definition.preview === undefined) return shown;
  const call = scope.call(await host.client(), urn, timeoutSeconds);
  return {
    ...shown,
    ...(await scope.wait("preview", timeoutSeconds, definition.preview(call, inputs, old))),
  };
}

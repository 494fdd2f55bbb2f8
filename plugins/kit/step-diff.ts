import { DiffResponse, PropertyDiff as WireDiff, type DiffRequest } from "@pulumi/pulumi/proto/provider_pb";

import type { CallScope } from "./calls";
import { decodeProperties } from "./decode";
import { diffProperties } from "./diff";
import type { PluginHost } from "./host";
import { rootOf } from "./property-path";
import { parseUrn, resourceOf } from "./tokens";
import type { Properties, PropertyDiff, PropertySpec } from "./types";

const KIND = {
  add: [WireDiff.Kind.ADD, WireDiff.Kind.ADD_REPLACE],
  delete: [WireDiff.Kind.DELETE, WireDiff.Kind.DELETE_REPLACE],
  update: [WireDiff.Kind.UPDATE, WireDiff.Kind.UPDATE_REPLACE],
} as const;

/** Diff: the table's changes, amended by the resource. */
export async function diffResource<Client>(
  host: PluginHost<Client>,
  request: DiffRequest,
  scope: CallScope,
): Promise<DiffResponse> {
  const definition = resourceOf(host.definition, parseUrn(request.getUrn()).type);
  const olds = decodeProperties(request.getOlds());
  const oldInputs = decodeProperties(request.getOldInputs());
  const inputs = decodeProperties(request.getNews());
  [olds, oldInputs, inputs].forEach((bag) => scope.redactor.learn(bag, definition.properties));

  let found = diffProperties(definition.properties, oldInputs.values, inputs.values);
  if (definition.diff !== undefined) {
    const call = scope.call(await host.client(), request.getUrn(), 0);
    const asked = {
      id: request.getId(),
      state: olds.values,
      oldInputs: oldInputs.values,
      inputs: inputs.values,
    };
    found = await scope.wait("diff", 0, definition.diff(call, asked, found));
  }
  if (definition.update === undefined) found = found.map((change) => ({ ...change, replace: true }));

  const ignored = new Set(request.getIgnorechangesList().map(rootOf));
  const changes = found.filter((change) => !isIgnoredOutput(change, ignored, definition.properties));
  return diffResponse(changes, {
    inputs: [oldInputs.values, inputs.values],
    deleteBeforeReplace: definition.deleteBeforeReplace === true,
  });
}

/** The engine applies ignoreChanges to inputs itself; changes of outputs, which a resource adds, are left to us. */
function isIgnoredOutput(
  change: PropertyDiff,
  ignored: ReadonlySet<string>,
  specs: Record<string, PropertySpec>,
): boolean {
  const root = rootOf(change.property);
  return ignored.has(root) && !(root in specs);
}

/** The answer to a Diff or DiffConfig. */
export function diffResponse(
  changes: PropertyDiff[],
  options: { inputs: Properties[]; deleteBeforeReplace: boolean },
): DiffResponse {
  const replaces = changes.filter((change) => change.replace);
  const response = new DiffResponse();
  response.setChanges(
    changes.length > 0 ? DiffResponse.DiffChanges.DIFF_SOME : DiffResponse.DiffChanges.DIFF_NONE,
  );
  response.setDiffsList(roots(changes));
  response.setReplacesList(roots(replaces));
  response.setDeletebeforereplace(options.deleteBeforeReplace && replaces.length > 0);
  response.setHasdetaileddiff(true);
  for (const change of changes) {
    const wire = new WireDiff();
    wire.setKind(KIND[change.kind][change.replace ? 1 : 0]);
    wire.setInputdiff(options.inputs.some((inputs) => rootOf(change.property) in inputs));
    response.getDetaileddiffMap().set(change.property, wire);
  }
  return response;
}

function roots(changes: PropertyDiff[]): string[] {
  return [...new Set(changes.map((change) => rootOf(change.property)))];
}

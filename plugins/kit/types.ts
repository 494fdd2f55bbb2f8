/**
 * The contract between a Pulumi resource plugin of ours and the kit that serves it over gRPC.
 *
 * A plugin describes each resource as data (its properties) plus a handler for each step of its life. The kit does what is
 * the same for all: wire format, secrets, unknowns, defaults, type checks, the diff by table, logs, cancellation, errors.
 * Source: pulumi/provider.proto and the provider implementer's guide (pulumi-developer-docs, "providers").
 */

/** A value that is not known until another resource was created (previews only). */
export const UNKNOWN = Symbol.for("berth.plugin.unknown");

/** A plain value as handlers see it: secrets are unwrapped (the kit remembers which), unknowns are {@link UNKNOWN}. */
export type Value =
  null | boolean | number | string | typeof UNKNOWN | Asset | Archive | Value[] | { [key: string]: Value };
export interface Properties {
  [key: string]: Value;
}

/** Content of one file: from text, a local path, or a URI. `hash` is the engine's SHA-256 of the content. */
export class Asset {
  constructor(readonly source: { text?: string; path?: string; uri?: string; hash?: string }) {}
}
/** A set of files: from a folder or archive path, a URI, or named assets. */
export class Archive {
  constructor(
    readonly source: { path?: string; uri?: string; hash?: string; assets?: Record<string, Asset | Archive> },
  ) {}
}

export type PropertyType =
  "string" | "number" | "integer" | "boolean" | "any" | "asset" | "archive" | "list" | "map" | "object";

/** One input property of a resource, as the official package schema states it. */
export interface PropertySpec {
  type: PropertyType;
  required?: boolean;
  /** Applied in Check where the program gave none. */
  default?: Value;
  /** Always stored encrypted, whether or not the program said so. */
  secret?: boolean;
  /** What a change of this input means. "ignore": stored, but a change of it alone is no change. Default "update". */
  onChange?: "update" | "replace" | "ignore";
  /** For "list" and "map": each element. */
  items?: PropertySpec;
  /** For "object": its fields (strict: others are refused by name). */
  fields?: Record<string, PropertySpec>;
  /** Lists whose order has no meaning (`mounts`, `labels`, …): compared as sets. */
  unordered?: boolean;
  /** Allowed values of a string. */
  enum?: readonly string[];
}

/** One output property that is not an input. */
export interface OutputSpec {
  secret?: boolean;
}

/** What every handler call carries. */
export interface Call<Client> {
  urn: string;
  /** What Configure made of the provider's configuration. */
  client: Client;
  /** Aborted when the engine cancels the deployment or the resource's custom timeout passes. */
  signal: AbortSignal;
  /** Custom timeout in seconds, 0 if none. */
  timeoutSeconds: number;
  /** A line in the deployment's log, attached to this resource. "status" replaces the resource's info column only. */
  log(severity: "debug" | "info" | "warning" | "error", message: string): void;
  logStatus(message: string): void;
}

/** One refused input. `property` is a Pulumi path (`ports[0].internal`); `reason` says how to fix it. */
export interface CheckFailure {
  property: string;
  reason: string;
}

/** One changed property of a diff. */
export interface PropertyDiff {
  property: string;
  kind: "add" | "delete" | "update";
  replace: boolean;
}

export interface ResourceState {
  id: string;
  /** All outputs, inputs included: what programs see and what the next diff, read, update and delete get as `state`. */
  state: Properties;
}

/** A resource that was made but is not right (unhealthy container): the engine keeps it in the state and fails the step. */
export class InitializationError extends Error {
  /** @param inputs when thrown by `read`: the inputs that describe reality, as in {@link ReadOutcome}. */
  constructor(
    readonly resource: ResourceState,
    readonly reasons: string[],
    readonly inputs?: Properties,
  ) {
    super(reasons.join("\n"));
  }
}

export interface ResourceDefinition<Client = unknown> {
  properties: Record<string, PropertySpec>;
  outputs: Record<string, OutputSpec>;
  /** Secret inputs that make these outputs secret too (a command's stdout): default none. */
  outputsSecretIfAnyInputIs?: readonly string[];
  /** A replacement must delete the old one first, because the two cannot exist side by side. */
  deleteBeforeReplace?: boolean;
  /** Input that names the object physically; the kit fills it (`<logical name>-<7 hex>`) where the program gave none. */
  autoName?: string;

  /** Beyond types, required and defaults: normalise inputs, refuse impossible ones. Unknowns may be present. */
  check?(
    call: Call<Client>,
    inputs: Properties,
    oldInputs: Properties | undefined,
  ): Promise<CheckOutcome> | CheckOutcome;
  /** Amend the table's diff: add (certificate due for renewal), drop (equal in meaning). Gets old state and both inputs. */
  diff?(
    call: Call<Client>,
    request: DiffRequest,
    found: PropertyDiff[],
  ): Promise<PropertyDiff[]> | PropertyDiff[];
  /** Outputs that are known before creation or update; all others become unknown. Inputs are always passed on. */
  previewOutputs?(inputs: Properties, old: ResourceState | undefined): Properties;
  /** Work that already a preview does (an image that is built then): outputs that win over `previewOutputs`. */
  preview?(call: Call<Client>, inputs: Properties, old: ResourceState | undefined): Promise<Properties>;
  create(call: Call<Client>, inputs: Properties): Promise<ResourceState>;
  /** Absent: a refresh keeps the state, an import is refused. Undefined: the object is gone. For an import `state` is empty. Must return the inputs that describe reality. */
  read?(call: Call<Client>, old: ReadRequest): Promise<ReadOutcome | undefined>;
  /** Absent: the object cannot be changed, so that every change of an input replaces it. */
  update?(
    call: Call<Client>,
    old: ResourceState & { inputs: Properties },
    inputs: Properties,
  ): Promise<ResourceState["state"]>;
  delete?(call: Call<Client>, old: ResourceState): Promise<void>;
}

export interface CheckOutcome {
  inputs: Properties;
  failures: CheckFailure[];
}
export interface DiffRequest {
  id: string;
  state: Properties;
  oldInputs: Properties;
  inputs: Properties;
}
export interface ReadRequest {
  id: string;
  state: Properties;
  inputs: Properties;
}
export interface ReadOutcome extends ResourceState {
  inputs: Properties;
}

export interface FunctionDefinition<Client = unknown> {
  properties: Record<string, PropertySpec>;
  secretOutputs?: readonly string[];
  outputsSecretIfAnyInputIs?: readonly string[];
  invoke(call: Call<Client>, args: Properties): Promise<Properties>;
}

export interface PluginDefinition<Client = unknown> {
  /** Package name and version of the official plugin that this one stands in for. */
  name: string;
  version: string;
  /** Said as a warning at every deployment: what an emulation is not. */
  notice?: string;
  /** Provider configuration (`docker:host`, explicit providers' args). A change marked "replace" replaces the provider. */
  config: Record<string, PropertySpec>;
  configure(config: Properties): Promise<Client> | Client;
  resources: Record<string, ResourceDefinition<Client>>;
  functions: Record<string, FunctionDefinition<Client>>;
}

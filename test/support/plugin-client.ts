import * as grpc from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";

import { MAX_MESSAGE_BYTES, startServer } from "../../plugins/kit/server";
import type { PluginDefinition } from "../../plugins/kit/types";
import { startEngineStub, type LoggedLine } from "./engine-stub";
import { readError } from "./plugin-error";
import { fromWire, toWire, type PlainProperties } from "./plugin-wire";

export { PluginError } from "./plugin-error";
export { secret, Secret, type Plain, type PlainProperties } from "./plugin-wire";

interface Step {
  /** Logical name of the resource. Default "sample". */
  name?: string;
  preview?: boolean;
  timeoutSeconds?: number;
}
interface Known {
  id: string;
  state: PlainProperties;
}
interface Failure {
  property: string;
  reason: string;
}
interface DiffAnswer {
  changed: boolean;
  /** Path to kind, as in "ports[0].internal": "update-replace". */
  detailed: Record<string, string>;
  replaces: string[];
  deleteBeforeReplace: boolean;
}

/** Starts a plugin in this process, configures it, and talks to it over gRPC as the engine does. */
export async function startPlugin<Client>(
  definition: PluginDefinition<Client>,
  config: PlainProperties = {},
): Promise<PluginClient> {
  const engine = await startEngineStub();
  const server = await startServer(definition, engine.address);
  const rpc = new ResourceProviderClient(`127.0.0.1:${server.port}`, grpc.credentials.createInsecure(), {
    "grpc.max_receive_message_length": MAX_MESSAGE_BYTES,
  });
  const client = new PluginClient(rpc, engine.lines, async () => {
    rpc.close();
    await server.stop();
    engine.close();
  });
  try {
    await client.configure(config);
  } catch (error) {
    await client.close();
    throw error;
  }
  return client;
}

/** One plugin under test. Failed calls reject with a PluginError. */
export class PluginClient {
  constructor(
    readonly rpc: ResourceProviderClient,
    /** Log lines so far, in order. */
    readonly lines: LoggedLine[],
    readonly close: () => Promise<void>,
  ) {}

  async configure(config: PlainProperties): Promise<proto.ConfigureResponse> {
    const request = new proto.ConfigureRequest();
    request.setArgs(toWire(config));
    request.setAcceptsecrets(true);
    request.setAcceptresources(true);
    return answer((done) => this.rpc.configure(request, done));
  }

  async checkConfig(config: PlainProperties): Promise<{ inputs: PlainProperties; failures: Failure[] }> {
    const request = new proto.CheckRequest();
    request.setUrn(urnOf("pulumi:providers:sample", "sample"));
    request.setNews(toWire(config));
    return checkAnswer(await answer((done) => this.rpc.checkConfig(request, done)));
  }

  async diffConfig(oldInputs: PlainProperties, inputs: PlainProperties): Promise<DiffAnswer> {
    const request = new proto.DiffRequest();
    request.setOldInputs(toWire(oldInputs));
    request.setNews(toWire(inputs));
    return diffAnswer(await answer((done) => this.rpc.diffConfig(request, done)));
  }

  async check(
    type: string,
    inputs: PlainProperties,
    options: { name?: string; oldInputs?: PlainProperties; seed?: Uint8Array } = {},
  ): Promise<{ inputs: PlainProperties; failures: Failure[] }> {
    const request = new proto.CheckRequest();
    request.setUrn(urnOf(type, options.name));
    request.setOlds(toWire(options.oldInputs ?? {}));
    request.setNews(toWire(inputs));
    if (options.seed !== undefined) request.setRandomseed(options.seed);
    return checkAnswer(await answer((done) => this.rpc.check(request, done)));
  }

  async diff(
    type: string,
    change: Partial<Known> & {
      oldInputs: PlainProperties;
      inputs: PlainProperties;
      ignoreChanges?: string[];
    },
  ): Promise<DiffAnswer> {
    const request = new proto.DiffRequest();
    request.setId(change.id ?? "some-id");
    request.setUrn(urnOf(type));
    request.setOlds(toWire(change.state ?? change.oldInputs));
    request.setOldInputs(toWire(change.oldInputs));
    request.setNews(toWire(change.inputs));
    request.setIgnorechangesList(change.ignoreChanges ?? []);
    return diffAnswer(await answer((done) => this.rpc.diff(request, done)));
  }

  async create(type: string, inputs: PlainProperties, step: Step = {}): Promise<Known> {
    const request = new proto.CreateRequest();
    request.setUrn(urnOf(type, step.name));
    request.setProperties(toWire(inputs));
    request.setPreview(step.preview ?? false);
    request.setTimeout(step.timeoutSeconds ?? 0);
    const response = await answer<proto.CreateResponse>((done) => this.rpc.create(request, done));
    return { id: response.getId(), state: fromWire(response.getProperties()) };
  }

  /** Without `state` an import. Undefined when the object is gone. */
  async read(
    type: string,
    id: string,
    known: { state?: PlainProperties; inputs?: PlainProperties } = {},
  ): Promise<(Known & { inputs: PlainProperties }) | undefined> {
    const request = new proto.ReadRequest();
    request.setId(id);
    request.setUrn(urnOf(type));
    if (known.state !== undefined) request.setProperties(toWire(known.state));
    if (known.inputs !== undefined) request.setInputs(toWire(known.inputs));
    const response = await answer<proto.ReadResponse>((done) => this.rpc.read(request, done));
    if (response.getId() === "") return undefined;
    const [state, inputs] = [response.getProperties(), response.getInputs()].map(fromWire);
    return { id: response.getId(), state: state ?? {}, inputs: inputs ?? {} };
  }

  async update(
    type: string,
    change: Known & { oldInputs: PlainProperties; inputs: PlainProperties },
    step: Step = {},
  ): Promise<PlainProperties> {
    const request = new proto.UpdateRequest();
    request.setId(change.id);
    request.setUrn(urnOf(type, step.name));
    request.setOlds(toWire(change.state));
    request.setOldInputs(toWire(change.oldInputs));
    request.setNews(toWire(change.inputs));
    request.setPreview(step.preview ?? false);
    request.setTimeout(step.timeoutSeconds ?? 0);
    const response = await answer<proto.UpdateResponse>((done) => this.rpc.update(request, done));
    return fromWire(response.getProperties());
  }

  async delete(type: string, known: Known, step: Step = {}): Promise<void> {
    const request = new proto.DeleteRequest();
    request.setId(known.id);
    request.setUrn(urnOf(type, step.name));
    request.setProperties(toWire(known.state));
    request.setTimeout(step.timeoutSeconds ?? 0);
    await answer<Empty>((done) => this.rpc.delete(request, done));
  }

  async invoke(
    token: string,
    args: PlainProperties,
  ): Promise<{ result: PlainProperties; failures: Failure[] }> {
    const request = new proto.InvokeRequest();
    request.setTok(token);
    request.setArgs(toWire(args));
    const response = await answer<proto.InvokeResponse>((done) => this.rpc.invoke(request, done));
    return { result: fromWire(response.getReturn()), failures: failuresOf(response) };
  }

  async cancel(): Promise<void> {
    await answer<Empty>((done) => this.rpc.cancel(new Empty(), done));
  }
}

/** A URN as the engine makes them. */
export function urnOf(type: string, name = "sample"): string {
  return `urn:pulumi:test::berth::${type}::${name}`;
}

function answer<Response>(
  send: (done: (error: grpc.ServiceError | null, response: Response) => void) => unknown,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    send((error, response) => (error ? reject(readError(error)) : resolve(response)));
  });
}

function failuresOf(response: { getFailuresList(): proto.CheckFailure[] }): Failure[] {
  return response
    .getFailuresList()
    .map((failure) => ({ property: failure.getProperty(), reason: failure.getReason() }));
}

function checkAnswer(response: proto.CheckResponse): { inputs: PlainProperties; failures: Failure[] } {
  return { inputs: fromWire(response.getInputs()), failures: failuresOf(response) };
}

const KINDS = ["add", "add-replace", "delete", "delete-replace", "update", "update-replace"];

function diffAnswer(response: proto.DiffResponse): DiffAnswer {
  const detailed: [string, string][] = [];
  response
    .getDetaileddiffMap()
    .forEach((change, path) => detailed.push([path, KINDS[change.getKind()] ?? "?"]));
  return {
    changed: response.getChanges() === proto.DiffResponse.DiffChanges.DIFF_SOME,
    detailed: Object.fromEntries(detailed),
    replaces: response.getReplacesList(),
    deleteBeforeReplace: response.getDeletebeforereplace(),
  };
}

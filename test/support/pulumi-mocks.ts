import * as pulumi from "@pulumi/pulumi";
import type * as proto from "@pulumi/pulumi/proto/resource_pb";

/** Plain properties as a provider sees them. */
export type Properties = Record<string, unknown>;

/** One resource that the program declared, as the engine would have been asked for it. */
export interface DeclaredResource {
  type: string;
  name: string;
  urn: string;
  custom: boolean;
  /** Inputs with secrets opened; unknown ones are left out, as an engine's preview leaves them to the provider. */
  inputs: Properties;
  /** Names of the top-level inputs that are, or hold, a secret. */
  secretInputs: string[];
  parent: string;
  dependencies: string[];
  deleteBeforeReplace: boolean;
  /** What the provider of the stack is: `<urn>::<id>` of an explicit one, or empty. */
  provider: string;
}

/** What the provider adds to a resource's inputs, by type token. A token that is not here is an error of the test. */
export type ProviderOutputs = Record<string, (inputs: Properties, name: string) => Properties>;

const STACK_REFERENCE = "pulumi:pulumi:StackReference";

type Register = (
  request: proto.RegisterResourceRequest,
  callback: (error: unknown, response?: proto.RegisterResourceResponse) => void,
) => unknown;

/** What a function of a provider answers, by token; it throws as a provider would. */
export type ProviderFunctions = Record<string, (args: Properties) => Properties>;

/** A Pulumi program under mocks that fail loudly: on a token they do not know, and on a second resource with the same URN. */
export class MockedProgram {
  private readonly declared = new Map<string, DeclaredResource>();
  private readonly problems: Error[] = [];
  private request: proto.RegisterResourceRequest | undefined;

  private constructor(
    private readonly outputs: ProviderOutputs,
    private readonly preview: boolean,
  ) {}

  /** Puts mocks in Pulumi's place. In a preview nothing has an id yet, and what a provider would add is unknown. */
  static async start(
    outputs: ProviderOutputs,
    options: { preview?: boolean; stack?: string; functions?: ProviderFunctions } = {},
  ): Promise<MockedProgram> {
    const program = new MockedProgram(outputs, options.preview ?? false);
    await pulumi.runtime.setMocks(
      {
        newResource: (args) => program.create(args),
        call: ({ token, inputs }) => {
          const answer = options.functions?.[token];
          return answer ? answer(inputs as Properties) : program.refuse(token);
        },
      },
      "berth",
      options.stack ?? "dev",
      program.preview,
      "organization",
    );
    program.listen();
    return program;
  }

  /** Every resource, once all that the program declared was registered. Throws the first problem of the run. */
  async resources(): Promise<DeclaredResource[]> {
    await registered();
    const [problem] = this.problems;
    if (problem) throw problem;
    return [...this.declared.values()];
  }

  /** The only resource of a type, or the one with that name. */
  async only(type: string, name?: string): Promise<DeclaredResource> {
    const found = (await this.resources()).filter(
      (one) => one.type === type && (name === undefined || one.name === name),
    );
    const [resource] = found;
    if (!resource || found.length > 1) throw new Error(`${found.length} resources are ${type} ${name ?? ""}`);
    return resource;
  }

  /** Every input text that reaches the engine without being marked as a secret, as one text to search. */
  async plainText(): Promise<string> {
    const plain = (await this.resources()).map(({ inputs, secretInputs }) =>
      Object.entries(inputs).filter(([key]) => !secretInputs.includes(key)),
    );
    return JSON.stringify(plain);
  }

  /** Pulumi's mock arguments carry no options, so they are read off the request itself. */
  private listen(): void {
    const monitor = pulumi.runtime.getMonitor() as unknown as { registerResource: Register };
    const register = monitor.registerResource.bind(monitor);
    monitor.registerResource = (request, callback) => {
      this.request = request;
      return register(request, callback);
    };
  }

  private create(args: pulumi.runtime.MockResourceArgs): pulumi.runtime.MockResourceResult {
    try {
      return args.type === STACK_REFERENCE ? this.refer(args) : this.record(args);
    } catch (error) {
      this.problems.push(error as Error);
      throw error;
    }
  }

  /** A stack reference is read, not declared: what it finds is known in a preview too. */
  private refer({ type, name, inputs }: pulumi.runtime.MockResourceArgs): pulumi.runtime.MockResourceResult {
    const outputsOf = this.outputs[type];
    if (!outputsOf) throw new Error(`the mocks know no stack to refer to as ${name}`);
    return { id: name, state: { ...inputs, ...outputsOf(inputs as Properties, name) } as Properties };
  }

  private record(args: pulumi.runtime.MockResourceArgs): pulumi.runtime.MockResourceResult {
    const request = this.request;
    if (!request) throw new Error(`${args.type} ${args.name} is read, not declared: mocks have no state`);
    const urn = urnOf(args, request.getParent());
    if (this.declared.has(urn)) throw new Error(`two resources have the URN ${urn}`);
    const received = args.inputs as Properties;
    const inputs = Object.fromEntries(
      Object.entries(received)
        .map(([key, value]) => [key, pulumi.runtime.unwrapRpcSecret(value) as unknown] as const)
        .filter(([, value]) => !isUnknown(value)),
    );
    this.declared.set(urn, {
      ...{ type: args.type, name: args.name, urn, inputs, custom: request.getCustom() },
      secretInputs: Object.keys(received).filter((key) => pulumi.runtime.isRpcSecret(received[key])),
      parent: request.getParent(),
      dependencies: request.getDependenciesList(),
      deleteBeforeReplace: request.getDeletebeforereplace(),
      provider: request.getProvider() || (request.getProvidersMap().get("docker") ?? ""),
    });
    const added = request.getCustom() ? this.addedBy(args.type, inputs, args.name) : {};
    const secrets = request.getAdditionalsecretoutputsList();
    const state = Object.entries({ ...received, ...added }).map(([key, value]) => [
      key,
      secrets.includes(key) ? asSecret(value) : value,
    ]);
    return { id: this.preview ? "" : `${args.name}-id`, state: Object.fromEntries(state) as Properties };
  }

  private addedBy(type: string, inputs: Properties, name: string): Properties {
    const outputsOf = this.outputs[type];
    if (!outputsOf) throw new Error(`the mocks do not know the resource type ${type}`);
    return this.preview ? {} : outputsOf(inputs, name);
  }

  private refuse(token: string): never {
    const problem = new Error(`the mocks do not know the function ${token}`);
    this.problems.push(problem);
    throw problem;
  }
}

/** Resolves when no registration is under way. Pulumi keeps this function out of its types, but has no other way to wait. */
function registered(): Promise<void> {
  return (pulumi.runtime as unknown as { waitForRPCs(): Promise<void> }).waitForRPCs();
}

function urnOf({ type, name }: pulumi.runtime.MockResourceArgs, parent: string): string {
  const parentType = parent.split("::")[2];
  const qualified =
    parentType && parentType !== "pulumi:pulumi:Stack"
      ? `${parentType.split("$").at(-1) ?? ""}$${type}`
      : type;
  return `urn:pulumi:${pulumi.getStack()}::berth::${qualified}::${name}`;
}

function isUnknown(value: unknown): boolean {
  return pulumi.containsUnknowns(value);
}

function asSecret(value: unknown): unknown {
  return pulumi.runtime.isRpcSecret(value)
    ? value
    : { [pulumi.runtime.specialSigKey]: pulumi.runtime.specialSecretSig, value };
}

/** The value of an output that is known; never resolves for one that is not. */
export function valueOf<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => output.apply((value) => resolve(value)));
}

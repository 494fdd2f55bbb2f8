import { createHash } from "node:crypto";
import * as path from "node:path";
import Docker from "dockerode";
import { outputsSchema } from "../../scripts/lib/outputs";
import type { Checkout } from "./checkout";
import { processesOf } from "./victims";
import { ask } from "./web";

const CUSTOMER = "Ada";

interface Listed {
  urn: string;
  type: string;
  id?: string;
  inputs?: unknown;
  outputs?: unknown;
}

const digest = (value: unknown): string => createHash("sha256").update(JSON.stringify(value)).digest("hex");

/** Looks at one stack from outside: the engine, its state, its data. */
export class StackWatch {
  private readonly docker = new Docker();
  private readonly label: string;
  /** Names of the volumes that the stack began with. */
  private volumes: string[] = [];

  constructor(
    private readonly checkout: Checkout,
    private readonly stack: string,
  ) {
    this.label = `${checkout.namePrefix}-${stack}`;
  }

  /** Stores an order in the app's database, and remembers the volumes. */
  async placeData(): Promise<void> {
    const order = { productId: 1, quantity: 1, customer: CUSTOMER };
    const placed = await ask(`${await this.appUrl()}/api/orders`, { method: "POST", json: order });
    if (placed.status !== 201) throw new Error(`the order was not taken: ${placed.status}`);
    this.volumes = await this.volumesNow();
  }

  /** What is not as it must be when all is well: nothing unknown, nothing twice, nothing lost, nothing still at work. */
  async problems(): Promise<string[]> {
    const state = await this.stateIds();
    const engine = await this.engineIds();
    const volumes = await this.volumesNow();
    const lost = this.volumes.filter((name) => !volumes.includes(name));
    const orders = await ask(`${await this.appUrl()}/api/orders`).catch((error: Error) => ({
      body: error.message,
    }));
    const left = processesOf(this.stack, path.join(this.checkout.folder, ".berth"));
    return [
      ...[...engine].filter(([id]) => !state.has(id)).map(([, name]) => `${name} is unknown to the state`),
      ...[...state].filter(([id]) => !engine.has(id)).map(([, name]) => `${name} is in the state only`),
      ...lost.map((name) => `volume ${name} is lost`),
      ...(orders.body.includes(CUSTOMER) ? [] : [`the order is gone: ${orders.body.slice(0, 200)}`]),
      ...left.map(({ pid, command }) => `process ${pid} is left: ${command.slice(0, 120)}`),
    ];
  }

  /** Containers and networks on the engine, id to name. */
  async engineIds(): Promise<Map<string, string>> {
    const filters = { label: [`berth.stack=${this.label}`] };
    const containers = await this.docker.listContainers({ all: true, filters });
    const networks = await this.docker.listNetworks({ filters });
    return new Map([
      ...containers.map(({ Id, Names }): [string, string] => [Id, `container ${Names.join()}`]),
      ...networks.map(({ Id, Name }): [string, string] => [Id, `network ${Name}`]),
    ]);
  }

  /** What every resource of the state is, and the engine's objects, as text that can be compared and shows no secret. */
  async snapshot(): Promise<string> {
    const state = (await this.resources()).map(
      ({ urn, type, id, inputs, outputs }) => `${urn} ${digest([type, id, inputs, outputs])}`,
    );
    return [...state, ...[...(await this.engineIds())].map((object) => object.join(" "))].sort().join("\n");
  }

  private async resources(): Promise<Listed[]> {
    const script = `eval "$(make -s env ENV=${this.stack})" && pulumi stack export --show-secrets --non-interactive`;
    const { stdout, stderr } = await this.checkout.run("bash", ["-c", script]);
    if (stdout === "") throw new Error(`the state cannot be read: ${stderr}`);
    return (JSON.parse(stdout) as { deployment: { resources?: Listed[] } }).deployment.resources ?? [];
  }

  private async stateIds(): Promise<Map<string, string>> {
    const types = ["docker:index/container:Container", "docker:index/network:Network"];
    return new Map(
      (await this.resources())
        .filter(({ type }) => types.includes(type))
        .map(({ id, urn }) => [id ?? "", urn]),
    );
  }

  private async volumesNow(): Promise<string[]> {
    const { Volumes: volumes } = await this.docker.listVolumes();
    return volumes.map(({ Name }) => Name).filter((name) => name.startsWith(`${this.label}-`));
  }

  private async appUrl(): Promise<string> {
    const { stdout } = await this.checkout.run("make", ["-s", "outputs", `ENV=${this.stack}`]);
    const [url] = Object.values(outputsSchema.parse(JSON.parse(stdout)).appUrls);
    if (url === undefined) throw new Error("the stack has no app");
    return url;
  }
}

import { Calls } from "./calls";
import { EngineLog } from "./engine-log";
import type { PluginDefinition } from "./types";

/** What the steps of one plugin process share. */
export class PluginHost<Client> {
  readonly log = new EngineLog();
  readonly calls = new Calls();
  #client: Promise<Client> | undefined;
  #announced = false;

  constructor(readonly definition: PluginDefinition<Client>) {}

  /** The words by which messages name this plugin. */
  get label(): string {
    return `${this.definition.name} v${this.definition.version}`;
  }

  /** Keeps what Configure made. A failure is Configure's answer and that of every call that needs the client. */
  configure(client: Promise<Client>): Promise<Client> {
    this.#client = client;
    return client;
  }

  /** @throws Error before Configure. */
  client(): Promise<Client> {
    if (this.#client === undefined)
      return Promise.reject(new Error(`the plugin ${this.label} was called before the engine configured it`));
    return this.#client;
  }

  /** Says once a process that this is not the official plugin, so that nobody looks for a fault in the wrong house. */
  announce(urn: string): void {
    if (this.#announced) return;
    this.#announced = true;
    const message = `Berth's own plugin stands in for the official ${this.definition.name} v${this.definition.version}.`;
    this.log.write({ severity: "info", message, urn, status: false });
    const { notice } = this.definition;
    if (notice !== undefined) this.log.write({ severity: "warning", message: notice, urn, status: false });
  }
}

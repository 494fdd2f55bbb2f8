import { DATABASES_PATH } from "../../../spec/gateway-api";
import { endOfDatabases } from "../../../spec/names";
import type { OwnAnswer } from "../rules/types";
import type { GatewaySettings } from "../settings";
import { Grants } from "./grants";
import type { OwnRequest, OwnRoute } from "./own-route";
import { canGive } from "./settings-answer";
import { Turns } from "./turns";

const AT_ONCE = 2;
const MOST_WAITING = 20;

/** Tells a developer which databases are theirs in dev, and how large they are: none is limited in size. */
export class DatabasesRoute implements OwnRoute {
  readonly method = "GET";
  readonly path = DATABASES_PATH;
  private readonly grants: Grants;
  private readonly turns = new Turns(AT_ONCE, MOST_WAITING);

  constructor(private readonly settings: GatewaySettings) {
    this.grants = new Grants(settings.engineSocket);
  }

  decide({ caller: { developerId } }: OwnRequest): Promise<OwnAnswer> {
    const container = this.settings.services.postgres;
    const read = async (): Promise<{ body: object }> => {
      if (container === undefined || !canGive(this.settings, "postgres")) return { body: { databases: [] } };
      return { body: { databases: await this.grants.databases(container, endOfDatabases(developerId)) } };
    };
    return Promise.resolve({
      ...{ kind: "own", object: "databases" },
      answer: () => this.turns.take(developerId, read),
    });
  }
}

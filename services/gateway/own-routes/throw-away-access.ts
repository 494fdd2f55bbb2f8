import {
  grantableServices,
  THROW_AWAY_ACCESS_PATH,
  THROW_AWAY_END_PATH,
  throwAwayEnd,
  throwAwayRequest,
  type ThrowAwayAccess,
  type ThrowAwayRequest,
} from "../../../spec/gateway-api";
import { stackName, type Scope } from "../../../spec/names";
import { log } from "../../shared/log";
import { lookUp, lookUpList } from "../rules/context";
import { inspectedContainer, listedContainer } from "../rules/engine-objects";
import { refuse } from "../rules/refusals";
import type { Caller, EngineLookup, OwnAnswer, Refusal } from "../rules/types";
import { readSecretFile, type GatewaySettings } from "../settings";
import { parseBody } from "./body";
import type { GrantableService } from "./grants";
import type { OwnRequest, OwnRoute } from "./own-route";
import { ThrowAwayAccounts } from "./throw-away-accounts";
import { isThrowAwayOf, newThrowAwayId } from "./throw-away-id";
import { Turns } from "./turns";

const AT_ONCE = 4;
const MOST_WAITING = 100;
const IN_NAME = /-once-([0-9a-z]{19})$/;

/**
 * Access to tst's Postgres and Redis for one throw-away container: a database, a user and a key prefix of its own, so that a test
 * neither sees nor changes what the environment's own app has, nor what another test leaves. It goes with its container: the client ends
 * it, and what a killed client leaves is removed after the next request.
 */
export class ThrowAwayAccessRoutes {
  readonly routes: OwnRoute[];
  private readonly scope: Scope;
  private readonly key: string;
  private readonly accounts: ThrowAwayAccounts;
  private readonly turns = new Turns(AT_ONCE, MOST_WAITING);

  /** @throws Error where the key cannot be read */
  constructor({ prefix, services, engineSocket }: GatewaySettings) {
    this.scope = { prefix, environment: "tst" };
    this.key = services.keyFile === undefined ? "" : readSecretFile(services.keyFile).trim();
    this.accounts = new ThrowAwayAccounts(engineSocket, this.scope, this.key);
    this.routes = [
      {
        ...{ method: "POST", path: THROW_AWAY_ACCESS_PATH },
        decide: (request, engine) => this.begin(request, engine),
      },
      {
        ...{ method: "POST", path: THROW_AWAY_END_PATH },
        decide: (request, engine) => this.end(request, engine),
      },
    ];
  }

  /** @throws Refused, EngineUnreachable */
  private async begin({ caller, body }: OwnRequest, engine: EngineLookup): Promise<OwnAnswer> {
    refuseDeveloper(caller);
    const request = parseBody(throwAwayRequest, body);
    const asked = grantableServices.filter((service) => request[service]);
    const there = await this.services(engine);
    for (const service of asked) {
      if (there.includes(service)) continue;
      const message = `throw-away containers in tst get no ${service}: there is no ${this.accounts.containerOf(service)} of the stack's on this host; 'make up ENV=tst' brings it`;
      refuse(404, "service-not-given", message);
    }
    const id = newThrowAwayId(this.key, caller.developerId);
    const give = async (): Promise<Given> => {
      const given = await this.give(id, request);
      void this.dropLeft(engine, there);
      return given;
    };
    return {
      kind: "own",
      object: `throw-away-access ${id} ${asked.join(" ")}`.trim(),
      answer: () => this.turns.take(caller.developerId, give),
    };
  }

  /** @throws Refused, EngineUnreachable */
  private async end({ caller, body }: OwnRequest, engine: EngineLookup): Promise<OwnAnswer> {
    refuseDeveloper(caller);
    const { id } = parseBody(throwAwayEnd, body);
    if (!isThrowAwayOf(this.key, caller.developerId, id))
      refuse(404, "not-found", `there is no throw-away access ${id} of yours`);
    const there = await this.services(engine);
    const drop = async (): Promise<{ body: object }> => {
      await Promise.all(there.map((service) => this.accounts.drop(service, id)));
      return { body: {} };
    };
    return {
      kind: "own",
      object: `throw-away-access ${id}`,
      answer: () => this.turns.take(caller.developerId, drop),
    };
  }

  /** Those of which tst's stack has made the container, where passwords can be derived. */
  private async services(engine: EngineLookup): Promise<GrantableService[]> {
    const made = await Promise.all(
      grantableServices.map(async (service) => {
        const name = this.accounts.containerOf(service);
        const { data } = inspectedContainer.safeParse(await lookUp(engine, `/containers/${name}/json`));
        const labels = data?.Name === `/${name}` ? data.Config.Labels : undefined;
        return labels?.["berth.stack"] === stackName(this.scope) && labels["berth.via"] !== "gateway";
      }),
    );
    return grantableServices.filter((_, index) => this.key !== "" && made[index]);
  }

  private async give(id: string, request: ThrowAwayRequest): Promise<Given> {
    try {
      return { body: await this.accounts.make(id, request) };
    } catch (error) {
      const { message } = error as Error;
      log("error", "a throw-away container got no access", { id, error: message });
      return {
        ...{ kind: "refusal", status: 503, reason: "service-unready" },
        message: `the throw-away container got no access to tst's services: ${message.split("\n", 1)[0]}; try again, then ask your operator`,
      };
    }
  }

  private async dropLeft(engine: EngineLookup, services: GrantableService[]): Promise<void> {
    try {
      const listed = await lookUpList(engine, "/containers/json", { all: "1" });
      const used = listedContainer
        .array()
        .parse(listed)
        .flatMap(({ Names }) => IN_NAME.exec(Names?.[0] ?? "")?.[1] ?? []);
      await this.accounts.dropLeft(services, used);
    } catch (error) {
      // The next request tries again.
      log("error", "left throw-away access was not removed", { error: (error as Error).message });
    }
  }
}

type Given = { body: ThrowAwayAccess } | Refusal;

function refuseDeveloper({ role }: Caller): void {
  if (role !== "developer") return;
  refuse(403, "environment", `tst is changed by the roles ci and operator only, and you are a ${role}`);
}

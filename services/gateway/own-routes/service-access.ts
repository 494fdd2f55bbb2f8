import { createHmac } from "node:crypto";
import {
  grantableServices,
  SERVICE_ACCESS_PATH,
  serviceAccessRequest,
  type ServiceAccess,
  type ServiceAccessRequest,
} from "../../../spec/gateway-api";
import {
  databaseName,
  endOfDatabases,
  instanceName,
  redisNames,
  type Instance,
  type Scope,
} from "../../../spec/names";
import { postgresUrl, redisUrl } from "../../../spec/service-urls";
import { nameProblem, POSTGRES_ROLE } from "../../provision/names";
import { TooManyDatabases } from "../../provision/postgres-role";
import { log } from "../../shared/log";
import { lookUp } from "../rules/context";
import { inspectedContainer } from "../rules/engine-objects";
import { malformed, refuse } from "../rules/refusals";
import type { EngineLookup, OwnAnswer, Refusal } from "../rules/types";
import { readSecretFile, type GatewaySettings } from "../settings";
import type { OwnRequest, OwnRoute } from "./own-route";
import { parseBody } from "./body";
import { Grants } from "./grants";
import { canGive } from "./settings-answer";
import { Turns } from "./turns";

/** Each is a process in the container of a service that everybody shares. */
const AT_ONCE = 4;
const MOST_WAITING = 100;

/**
 * Gives an app of the caller's its role and database, its Redis user: made or set right at every call, with the same password each
 * time. Nothing is ever removed by it.
 */
export class ServiceAccessRoute implements OwnRoute {
  readonly method = "POST";
  readonly path = SERVICE_ACCESS_PATH;
  private readonly scope: Scope;
  private readonly key: string;
  private readonly grants: Grants;
  private readonly turns = new Turns(AT_ONCE, MOST_WAITING);

  /** @throws Error where the key cannot be read */
  constructor(private readonly settings: GatewaySettings) {
    const { keyFile } = settings.services;
    this.scope = { prefix: settings.prefix, environment: "dev" };
    this.key = keyFile === undefined ? "" : readSecretFile(keyFile).trim();
    this.grants = new Grants(settings.engineSocket);
  }

  /** @throws Refused, EngineUnreachable */
  async decide({ caller, body }: OwnRequest, engine: EngineLookup): Promise<OwnAnswer> {
    const request = parseBody(serviceAccessRequest, body);
    const instance: Instance = { app: request.app, developerId: caller.developerId };
    const asked = grantableServices.filter((service) => request[service]);
    for (const service of asked) {
      if (canGive(this.settings, service)) continue;
      const message = `this host gives apps of developers no access to ${service}: ask your operator`;
      refuse(404, "service-not-given", message);
    }
    const name = this.nameOf(instance);
    await refuseStackMade(engine, name, instance);
    return {
      kind: "own",
      object: `service-access ${name} ${asked.join(" ")}`.trim(),
      answer: () => this.turns.take(caller.developerId, () => this.give(instance, request)),
    };
  }

  private nameOf(instance: Instance): string {
    const role = databaseName(instance);
    const problem = nameProblem(role, POSTGRES_ROLE);
    if (problem !== undefined) malformed(`app '${instance.app}': its database's name '${role}' ${problem}`);
    try {
      return instanceName(this.scope, instance);
    } catch (error) {
      return malformed((error as Error).message);
    }
  }

  private async give(instance: Instance, asked: ServiceAccessRequest): Promise<Given> {
    try {
      const [postgres, redis] = await Promise.all([
        asked.postgres ? this.postgresOf(instance) : undefined,
        asked.redis ? this.redisOf(instance) : undefined,
      ]);
      return { body: { ...(postgres && { postgres }), ...(redis && { redis }) } };
    } catch (error) {
      const { message } = error as Error;
      if (error instanceof TooManyDatabases) return this.tooMany(instance);
      log("error", "an app got no access", {
        app: instance.app,
        owner: instance.developerId,
        error: message,
      });
      return {
        ...{ kind: "refusal", status: 503, reason: "service-unready" },
        message: `app '${instance.app}' got no access: ${message.split("\n", 1)[0]}; try again, then ask your operator`,
      };
    }
  }

  private tooMany({ app, developerId }: Instance): Refusal {
    const { databases } = this.settings.quota;
    return {
      ...{ kind: "refusal", status: 403, reason: "quota" },
      message:
        `quota: developer ${developerId} has ${databases} databases, which is the limit, so that '${app}' gets none: ` +
        "`berth doctor` lists them; ask the operator to drop those of apps that are gone, or to raise gateway.quota.databases",
    };
  }

  private async postgresOf(instance: Instance): Promise<ServiceAccess["postgres"]> {
    const container = this.settings.services.postgres ?? "";
    const account = { role: databaseName(instance), database: databaseName(instance) };
    const password = this.passwordOf(`postgres/${account.role}`);
    const limit = { end: endOfDatabases(instance.developerId), most: this.settings.quota.databases };
    await this.grants.postgres(container, { ...account, password }, limit);
    return { url: postgresUrl(container, account, password) };
  }

  private async redisOf(instance: Instance): Promise<ServiceAccess["redis"]> {
    const container = this.settings.services.redis ?? "";
    const account = redisNames(instance);
    const password = this.passwordOf(`redis/${account.user}`);
    await this.grants.redis(container, { ...account, password });
    return { url: redisUrl(container, account.user, password), keyPrefix: account.keyPrefix };
  }

  /** 256 bits in URL-safe letters: HMAC-SHA-256 (RFC 2104) of the account's name, so that nothing has to be kept. */
  private passwordOf(account: string): string {
    return createHmac("sha256", this.key).update(account).digest("base64url");
  }
}

type Given = { body: ServiceAccess } | Refusal;

/** Where the stack runs the app, its access has the stack's password: another one would lock that container out. */
async function refuseStackMade(engine: EngineLookup, name: string, { app }: Instance): Promise<void> {
  const found = inspectedContainer.safeParse(await lookUp(engine, `/containers/${name}/json`)).data;
  if (found?.Name !== `/${name}` || found.Config.Labels?.["berth.via"] === "gateway") return;
  refuse(
    409,
    "made-by-stack",
    `app '${app}' is run by the stack as container ${name}, which has access of its own: ask the operator to take it out of berth:apps, or give the app another name`,
    `service-access ${name}`,
  );
}

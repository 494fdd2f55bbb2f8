import { environments, type Environment } from "../../../policy/rules";
import { SHARED_OWNER, sharedName, stackName } from "../../../spec/names";
import { malformed } from "./refusals";
import type { Caller, RuleSettings } from "./types";

/** Longest name of a container, network or volume: well under what the engine's files can carry. */
const LONGEST_NAME = 128;

export type Labels = Record<string, string>;

/**
 * What the caller wants of an object. `own`: it is the caller's. `operate`: or the caller is an operator and it belongs to this
 * installation. `read`: or it is shared and lies in one of the caller's environments.
 */
export type Access = "own" | "operate" | "read";

/** Whose objects are whose, told by labels that only the gateway and the operator's stacks set. */
export class Ownership {
  /** Where the caller may have objects: tst and pro are for ci and operator. */
  readonly environments: readonly Environment[];

  constructor(
    readonly caller: Caller,
    readonly settings: RuleSettings,
  ) {
    this.environments = caller.role === "developer" ? ["dev"] : environments;
  }

  /** Start of the physical names of everything that the caller has in the environment. */
  start(environment: Environment): string {
    return `${this.settings.prefix}-${environment}-${this.caller.developerId}-`;
  }

  /** Value of berth.stack for objects of the environment. */
  stackOf(environment: Environment): string {
    return environment === "dev"
      ? this.settings.stack
      : stackName({ prefix: this.settings.prefix, environment });
  }

  /** The environment's own network, made by its stack. */
  networkOf(environment: Environment): string {
    return sharedName({ prefix: this.settings.prefix, environment }, "network");
  }

  /** Labels of everything that the gateway makes for the caller. */
  labels(environment: Environment): Labels {
    return {
      "berth.env": environment,
      "berth.owner": this.caller.developerId,
      "berth.stack": this.stackOf(environment),
      "berth.via": "gateway",
    };
  }

  /** Whether an object with these labels may be used so. */
  permits(access: Access, labels: Labels | null | undefined): boolean {
    const environment = this.environmentOf(labels);
    if (!labels || environment === undefined) return false;
    if (labels["berth.owner"] === this.caller.developerId) return true;
    if (access !== "own" && this.caller.role === "operator") return true;
    return access === "read" && labels["berth.owner"] === SHARED_OWNER;
  }

  /** The environment of this installation that the labels name, where the caller may have objects. */
  environmentOf(labels: Labels | null | undefined): Environment | undefined {
    return this.environments.find(
      (known) => labels?.["berth.env"] === known && labels["berth.stack"] === this.stackOf(known),
    );
  }

  /** Whether the labels say that another installation on this engine has it. */
  isForeign(labels: Labels | null | undefined): boolean {
    const stack = labels?.["berth.stack"];
    return stack !== undefined && !environments.some((known) => this.stackOf(known) === stack);
  }

  /** Whether the name lies in the caller's scheme. */
  isOwnName(name: string): boolean {
    return this.environments.some(
      (known) => name.startsWith(this.start(known)) && name.length > this.start(known).length,
    );
  }

  /**
   * The name that the engine gets: as given where it is in the caller's scheme, otherwise with the environment's start.
   * @throws Refused where it can be no name
   */
  physical(name: string, environment: Environment = "dev"): string {
    if (!/^[A-Za-z0-9][A-Za-z0-9_.-]*$/.test(name)) {
      malformed(
        `'${name}' is no name: use letters, digits, '_', '.' and '-', beginning with a letter or digit`,
      );
    }
    const full = this.isOwnName(name) ? name : `${this.start(environment)}${name}`;
    if (full.length > LONGEST_NAME) malformed(`the name '${full}' is longer than ${LONGEST_NAME} characters`);
    return full;
  }

  /** A network's or volume's name as its owner wrote it: without the start of dev, where names are read in dev. */
  shown(name: string): string {
    const start = this.start("dev");
    return name.startsWith(start) && name.length > start.length ? name.slice(start.length) : name;
  }
}

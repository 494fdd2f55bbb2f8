import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { stringify } from "yaml";
import { timed, timedOrThrow } from "../lib/command";
import { COMMAND, MEMORY_MIB, type Fleet } from "./fleet";

/** A docker compose of version 2: the command and its first arguments. */
export type Compose = [command: string, ...args: string[]];

/**
 * The docker compose to compare with: the one given, else docker's own command, else docker-compose on PATH. Undefined where there
 * is none of version 2.
 * @throws Error for a given one that is none.
 */
export async function findCompose(given: string | undefined): Promise<Compose | undefined> {
  const candidates: Compose[] = given ? [[given]] : [["docker", "compose"], ["docker-compose"]];
  for (const candidate of candidates) if (await isVersion2(candidate)) return candidate;
  if (given) throw new Error(`COMPOSE=${given} is no docker compose of version 2`);
  return undefined;
}

async function isVersion2([command, ...args]: Compose): Promise<boolean> {
  try {
    const { exitCode, output } = await timed(command, [...args, "version", "--short"]);
    return exitCode === 0 && /^v?2\./m.test(output);
  } catch {
    // There is no such program.
    return false;
  }
}

/** The fleet as a compose file. */
export class ComposeFleet {
  private readonly file: string;

  constructor(
    private readonly compose: Compose,
    private readonly fleet: Fleet,
  ) {
    this.file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "btest-compose-")), "compose.yaml");
    fs.writeFileSync(this.file, composeFile(fleet));
  }

  /** Returns seconds. */
  async up(): Promise<number> {
    const [command, ...args] = this.compose;
    const project = [...args, "--project-name", this.fleet.prefix, "--file", this.file];
    return (await timedOrThrow(command, [...project, "up", "--detach"])).seconds;
  }

  remove(): void {
    fs.rmSync(path.dirname(this.file), { recursive: true, force: true });
  }
}

/** Text of the compose file. */
export function composeFile(fleet: Fleet): string {
  const service = (name: string): unknown => ({
    container_name: name,
    image: fleet.image,
    pull_policy: "never",
    command: COMMAND,
    networks: ["fleet"],
    mem_limit: `${MEMORY_MIB}m`,
    memswap_limit: `${MEMORY_MIB}m`,
    cap_drop: ["ALL"],
    security_opt: ["no-new-privileges"],
  });
  return stringify({
    services: Object.fromEntries(fleet.containers.map((name) => [name, service(name)])),
    networks: {
      fleet: {
        name: fleet.network.name,
        driver: "bridge",
        ipam: { config: [{ subnet: fleet.network.subnet }] },
      },
    },
  });
}

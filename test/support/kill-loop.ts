import { randomInt } from "node:crypto";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { makeCheckout, someSubnet, type Checkout, type CommandResult } from "./checkout";
import { freePort } from "./free-port";
import { StackWatch } from "./stack-watch";
import { SeededRandom } from "./random";
import { strike, victimKinds, type VictimKind } from "./victims";

/** What is cut off: an `up` that makes everything, one that replaces containers, or a `down`. */
export const scenarios = ["create", "update", "destroy"] as const;
export type Scenario = (typeof scenarios)[number];

/** One change of a stack that was killed and recovered from. */
export interface KillRun {
  /** Gives the same scenario, victim and moment again. */
  seed: number;
  scenario: Scenario;
  kind: VictimKind;
  /** When it was killed, in seconds after the start of the command. */
  momentSeconds: number;
  /** What was killed, in a word or two; "nothing" where the change was over before. */
  victim: string;
  /** What recover said that it did. */
  recovered: string;
  /** From the kill's command to the last check. */
  seconds: number;
  /** What did not hold; empty where all did. */
  problems: string[];
}

const STACK = "dev";

/** A seed whose round cuts off this scenario. */
export function seedFor(scenario: Scenario): number {
  for (;;) {
    const seed = randomInt(2 ** 31);
    if (new SeededRandom(seed).pick(scenarios) === scenario) return seed;
  }
}

/** A stack of its own that is changed, killed, recovered and checked, again and again. */
export class KillLoop {
  private readonly durationsMs: Record<Scenario, number> = { create: 20_000, update: 20_000, destroy: 5_000 };

  private constructor(
    private readonly checkout: Checkout,
    private readonly watch: StackWatch,
    private readonly ports: number[],
    private readonly subnets: string[],
  ) {}

  /** Brings the stack up for the first time, images included, and puts data into it. */
  static async start(): Promise<KillLoop> {
    const checkout = await makeCheckout();
    try {
      checkout.configure("apps", [{ path: "examples/shop", developerId: "01" }]);
      checkout.configure("registry", { enabled: false });
      const watch = new StackWatch(checkout, STACK);
      const ports = [await freePort(), await freePort()];
      const subnets = [someSubnet(), someSubnet()];
      const loop = new KillLoop(checkout, watch, ports, subnets);
      await loop.succeed("make", "up");
      await watch.placeData();
      return loop;
    } catch (error) {
      await purge(checkout);
      throw error;
    }
  }

  /** One round. What goes wrong is in its result; throws only where the round could not be played at all. */
  async run(seed: number): Promise<KillRun> {
    const random = new SeededRandom(seed);
    const scenario = random.pick(scenarios);
    // A destroy runs no program.
    const kind = random.pick(victimKinds.filter((one) => scenario !== "destroy" || one !== "program"));
    const momentMs = random.fraction() * this.durationsMs[scenario];
    await this.prepare(scenario, random);

    const startedMs = Date.now();
    const victim = await this.cutOff(scenario, kind, momentMs, random);
    const problems: string[] = [];
    const expect = async (what: string, attempt: () => Promise<CommandResult>): Promise<CommandResult> => {
      const result = await attempt();
      if (result.exitCode !== 0) problems.push(`${what} failed: ${lastLines(result)}`);
      return result;
    };
    if (victim?.endsWith("/bin/pulumi") === true) problems.push(...(await this.explainsItself()));
    const recovery = await expect("recover", () => this.script("recover"));
    await expect("up", () => this.script("up"));
    await expect("verify", () => this.script("verify"));
    await expect("preview", () =>
      this.checkout.run("bash", [
        "-c",
        'eval "$(make -s env)" && pulumi preview --non-interactive --expect-no-changes --diff',
      ]),
    );
    problems.push(...(await this.watch.problems()));
    return {
      seed,
      scenario,
      kind,
      momentSeconds: momentMs / 1000,
      victim: victim ?? "nothing",
      recovered: recoveredLines(recovery),
      seconds: (Date.now() - startedMs) / 1000,
      problems,
    };
  }

  /** Recovers a stack to which nothing happened. What it says, and what state and engine looked like before and after. */
  async recoverHealthy(): Promise<{ says: string; before: string; after: string }> {
    const before = await this.watch.snapshot();
    const { stdout, stderr, exitCode } = await this.checkout.run("make", ["recover", `ENV=${STACK}`]);
    if (exitCode !== 0) throw new Error(`recover failed: ${stdout}${stderr}`);
    return { says: stdout, before, after: await this.watch.snapshot() };
  }

  async close(): Promise<void> {
    await purge(this.checkout);
  }

  /** From an `up`ed stack to where the scenario starts. */
  private async prepare(scenario: Scenario, random: SeededRandom): Promise<void> {
    if (scenario === "create") await this.succeed(...this.command("down"));
    if (scenario !== "update") return;
    // A port replaces one container; a subnet replaces the network and all that is on it.
    if (random.fraction() < 0.5) {
      this.ports.reverse();
      this.checkout.configure("proxy", { httpPort: this.ports[0] });
    } else {
      this.subnets.reverse();
      this.checkout.configure("network", { subnet: this.subnets[0] });
    }
  }

  /** Starts the change, and kills a part of it. Returns what was killed. */
  private async cutOff(
    scenario: Scenario,
    kind: VictimKind,
    momentMs: number,
    random: SeededRandom,
  ): Promise<string | undefined> {
    const startedMs = Date.now();
    let over = false;
    const change = this.script(scenario === "destroy" ? "down" : "up").finally(() => (over = true));
    await Promise.race([sleep(momentMs), change]);
    const victim = await strike(kind, {
      stack: STACK,
      dataRoot: path.join(this.checkout.folder, ".berth"),
      pick: (among) => random.pick(among),
      over: () => over,
    });
    await change;
    // What a whole change takes here, so that the moments of later rounds are spread over all of it.
    if (victim === undefined) this.durationsMs[scenario] = Date.now() - startedMs;
    return victim?.command.split(" ").find((word) => /\/bin\/pulumi$|berth-plugin|cmd\/run/.test(word));
  }

  /** After a killed engine, the next `up` says so in one line. */
  private async explainsItself(): Promise<string[]> {
    const { exitCode, stderr } = await this.script("up");
    const explained = /^error: an earlier '.*' was killed: run make recover ENV=dev$/m.test(stderr);
    // An engine that was killed before it took its lock has left nothing to explain.
    if (exitCode === 0 || explained) return [];
    return [`the up after the kill does not explain itself: ${stderr.slice(-400)}`];
  }

  private command(script: string): [string, ...string[]] {
    return ["node", "--import", "tsx", `scripts/${script}.ts`, STACK];
  }

  private script(name: string): Promise<CommandResult> {
    const [command, ...args] = this.command(name);
    return this.checkout.run(command, args);
  }

  private async succeed(command: string, ...args: string[]): Promise<void> {
    const result = await this.checkout.run(command, args);
    if (result.exitCode !== 0) throw new Error(`${command} ${args.join(" ")} failed: ${lastLines(result)}`);
  }
}

async function purge(checkout: Checkout): Promise<void> {
  const recovered = await checkout.run("make", ["recover", `ENV=${STACK}`]);
  const purged = await checkout.run("make", ["purge", `ENV=${STACK}`], { YES: "1" });
  checkout.remove();
  if (purged.exitCode !== 0) throw new Error(`purge failed: ${lastLines(recovered)}\n${lastLines(purged)}`);
}

function lastLines({ stdout, stderr }: CommandResult): string {
  return `${stdout}\n${stderr}`.trim().split("\n").slice(-60).join("\n");
}

function recoveredLines({ stdout }: CommandResult): string {
  return stdout
    .split("\n")
    .filter((line) => line.startsWith("  "))
    .map((line) => line.trim())
    .join("; ");
}

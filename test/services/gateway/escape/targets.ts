/** Real objects of two developers, for hostile requests to aim at. */
import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { BASE_IMAGE } from "../../../../scripts/base-image-parts/names";
import type { IssuedCertificate } from "../support/certificates";
import { Installation } from "./installation";

/** Names as `$NAMES` in the corpus, to what they stand for. */
export type Facts = Record<string, string>;

export class Targets {
  readonly installation: Installation;
  /** The hostile developer, 01. */
  attacker!: IssuedCertificate;
  /** The developer whose objects nobody else may touch, 02. */
  victim!: IssuedCertificate;
  /** A secret that stands in a file on the host, in the victim's volume, environment and image: it must appear nowhere. */
  readonly secret = randomBytes(16).toString("hex");
  readonly canaryFolder = fs.mkdtempSync(path.join(os.tmpdir(), "btest-canary-"));
  readonly facts: Facts = {};

  private constructor(installation: Installation) {
    this.installation = installation;
  }

  static async start(): Promise<Targets> {
    const made = new Targets(
      await Installation.start({ containers: 100, memoryMb: 65_536, cpus: 100, networks: 50 }),
    );
    try {
      await made.fill();
      return made;
    } catch (error) {
      await made.dispose();
      throw error;
    }
  }

  private async fill(): Promise<void> {
    const { installation, secret, canaryFolder } = this;
    fs.writeFileSync(path.join(canaryFolder, "secret"), secret, { mode: 0o600 });
    this.attacker = await installation.client("01");
    this.victim = await installation.client("02");
    const a = await this.run(this.attacker, [
      "run",
      "-d",
      "--name",
      "own",
      "--memory",
      "32m",
      "--cpus",
      "0.1",
      BASE_IMAGE,
      "sleep",
      "600",
    ]);
    await this.run(
      this.victim,
      ["build", "-q", "-t", "app", "-"],
      `FROM ${BASE_IMAGE}\nENV SECRET=${secret}\n`,
    );
    const options = [
      "--name",
      "web",
      "--memory",
      "32m",
      "--cpus",
      "0.1",
      "-v",
      "data:/data",
      "-e",
      `SECRET=${secret}`,
    ];
    const b = await this.run(this.victim, [
      "run",
      "-d",
      ...options,
      "app",
      "sh",
      "-c",
      `echo ${secret} | tee /data/secret; sleep 600`,
    ]);
    await this.run(this.victim, ["network", "create", "own"]);
    const { prefix } = installation;
    const image = `${prefix}-app:dev-02-latest`;
    Object.assign(this.facts, {
      ...{ PREFIX: prefix, CANARY: canaryFolder, A: `${prefix}-dev-01-own`, A_ID: a },
      ...{ B: `${prefix}-dev-02-web`, B_ID: b, B_SHORT: b.slice(0, 12) },
      ...{ B_VOLUME: `${prefix}-dev-02-data`, B_NETWORK: `${prefix}-dev-02-own` },
      B_NETWORK_ID: await installation.host(["network", "inspect", "-f", "{{.Id}}", `${prefix}-dev-02-own`]),
      ...{ B_IMAGE: image, B_REPOSITORY: `${prefix}-app` },
      B_IMAGE_ID: await installation.host(["inspect", "-f", "{{.Id}}", image]),
      ...{ A_EXEC: await this.exec(this.attacker, a), B_EXEC: await this.exec(this.victim, b) },
    });
    this.facts["B_IMAGE_SHORT"] = this.facts["B_IMAGE_ID"]!.slice(7, 19);
  }

  /** Puts real names in place of `$NAMES`; `$NOW` is the time in seconds. */
  fillIn(text: string): string {
    return text.replace(/\$([A-Z][A-Z_]*)/g, (whole, name: string) => {
      if (name === "NOW") return String(Math.floor(Date.now() / 1000));
      return this.facts[name] ?? whole;
    });
  }

  /** What the victim has, as far as a hostile request could have changed it. */
  async victimState(): Promise<string> {
    const { facts, installation } = this;
    const state = await Promise.all([
      installation.host([
        "inspect",
        "-f",
        "{{.Name}} {{.State.Status}} {{.State.StartedAt}} {{.RestartCount}} {{json .HostConfig}} {{json .NetworkSettings.Networks}}",
        facts["B_ID"]!,
      ]),
      installation.host([
        "exec",
        facts["B_ID"]!,
        "sh",
        "-c",
        "cat /data/secret; ls -la /data /tmp; ps -e | wc -l",
      ]),
      installation.host(["network", "inspect", "-f", "{{json .}}", facts["B_NETWORK_ID"]!]),
      installation.host(["volume", "inspect", facts["B_VOLUME"]!]),
      installation.host(["image", "inspect", "-f", "{{json .RepoTags}} {{.Id}}", facts["B_IMAGE_ID"]!]),
    ]);
    return state.join("\n");
  }

  /** The host's canary as it is now. */
  canary(): { names: string[]; content: string; changedMs: number } {
    const file = path.join(this.canaryFolder, "secret");
    return {
      names: fs.readdirSync(this.canaryFolder),
      content: fs.readFileSync(file, "utf8"),
      changedMs: fs.statSync(file).mtimeMs,
    };
  }

  async dispose(): Promise<void> {
    await this.installation.dispose();
    fs.rmSync(this.canaryFolder, { recursive: true });
  }

  private async run(as: IssuedCertificate, args: string[], input = ""): Promise<string> {
    const { exitCode, stdout, stderr } = await this.installation.docker(as, args, input);
    if (exitCode !== 0) throw new Error(`docker ${args.join(" ")}: ${stderr}`);
    return stdout.trim();
  }

  private async exec(as: IssuedCertificate, container: string): Promise<string> {
    const body = JSON.stringify({ Cmd: ["sleep", "1"] });
    const answer = await this.installation.bench.ask(as, `/v1.41/containers/${container}/exec`, {
      ...{ method: "POST", body },
      headers: { "Content-Type": "application/json", "Content-Length": body.length },
    });
    return (JSON.parse(answer.body) as { Id: string }).Id;
  }
}

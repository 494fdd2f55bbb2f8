/** Apps as a developer runs them: real onboarding, a real gateway, real Mutagen, the berth command as a process. */
import * as fs from "node:fs";
import * as path from "node:path";
import { freePort } from "../support/free-port";
import type { CommandResult } from "../support/run-command";
import { Workbench } from "../support/workbench";
import { SyncLab, type SyncLaptop } from "./sync-lab";

/** A server of a few lines: what is looked at is the command and not the app. */
export const SERVER = `
const { createServer } = require("node:http");
const word = require("./word.js");
const files = require("node:fs");
createServer((request, answer) => {
  const secrets = files.existsSync("/run/secrets/berth") ? files.readdirSync("/run/secrets/berth") : [];
  answer.end(request.url === "/health" ? "ok" : JSON.stringify({ word, cwd: process.cwd(), uid: process.getuid(), secrets }));
}).listen(process.env.PORT);
process.once("SIGTERM", () => process.exit(0));
`;

const DOCKERFILE = `ARG BERTH_RUNTIME_IMAGE
FROM \${BERTH_RUNTIME_IMAGE} AS dev
RUN mkdir -p node_modules/dependency && echo 'module.exports = "of the image"' > node_modules/dependency/index.js
COPY package.json ./
USER 10001

FROM \${BERTH_RUNTIME_IMAGE} AS runtime
COPY . .
USER 10001
`;

/** What `berth run --json` says. */
export interface RunFact {
  url: string;
  container: string;
  action: string;
  reachable: boolean;
  image: { name: string; id: string; built: boolean };
  published: { containerPort: number; address: string }[];
  milliseconds: number;
  phases: Record<string, number>;
}

export class RunLab {
  private constructor(
    readonly sync: SyncLab,
    private readonly bench: Workbench,
    readonly runtimeImage: string,
  ) {}

  static async start(): Promise<RunLab> {
    const bench = new Workbench();
    const runtime = await bench.build("images/runtime-node");
    const sync = await bench.build("images/sync");
    const lab = await SyncLab.start({
      gateway: {
        // Nothing listens there: the proxy is out of reach, as it may be from a laptop.
        proxyUrl: `http://127.0.0.1:${await freePort()}`,
        images: { runtime: { typescript: runtime, python: "" }, sync, extraCa: "" },
        sharedImages: [runtime, sync],
      },
    });
    return new RunLab(lab, bench, runtime);
  }

  get prefix(): string {
    return this.sync.lab.prefix;
  }

  /** A laptop with its identity, Mutagen, and an app called shop without a Dockerfile. */
  async laptop(devId: string): Promise<SyncLaptop> {
    const laptop = await this.sync.laptop(devId);
    this.writeApp(laptop, "shop");
    return laptop;
  }

  /** Writes an app's folder; more keys of its berth.yaml go below the usual ones. */
  writeApp(laptop: SyncLaptop, place: string, more = "", name = place): string {
    const folder = path.join(laptop.workspace, place);
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(
      path.join(folder, "berth.yaml"),
      `name: ${name}
language: typescript
port: 3000
health: { startSeconds: 10 }
limits: { memoryMb: 128, cpus: 0.5, pids: 64 }
commands: { start: [node, server.js], reload: [node, --watch, server.js] }
${more}`,
    );
    laptop.write(
      { "server.js": SERVER, "word.js": 'module.exports = "one";\n', "package.json": "{}\n" },
      folder,
    );
    return folder;
  }

  /** Gives an app's folder a Dockerfile with the usual two stages. */
  writeDockerfile(folder: string): void {
    fs.writeFileSync(path.join(folder, "Dockerfile"), DOCKERFILE);
  }

  berth(laptop: SyncLaptop, ...words: string[]): Promise<CommandResult> {
    return laptop.laptop.berth(...words, "--workspace", laptop.workspace);
  }

  /** `berth run …`. @throws Error with what it said where it fails. */
  run(laptop: SyncLaptop, ...words: string[]): Promise<RunFact> {
    return this.fact(laptop, "run", ...words);
  }

  /** What a command says with --json. @throws Error with what it said where it fails. */
  async fact<Fact>(laptop: SyncLaptop, ...words: string[]): Promise<Fact> {
    const { exitCode, output, stdout } = await this.berth(laptop, ...words, "--json");
    if (exitCode !== 0) throw new Error(`berth ${words.join(" ")}: ${output}`);
    return JSON.parse(stdout) as Fact;
  }

  name(laptop: SyncLaptop, app = "shop"): string {
    return `${this.prefix}-dev-${laptop.laptop.devId}-${app}`;
  }

  /** What the app answers, asked inside its container. @throws Error while it does not. */
  async answer(laptop: SyncLaptop, app = "shop"): Promise<Answer> {
    const ask = 'fetch("http://127.0.0.1:3000/").then((answer) => answer.text()).then(console.log)';
    return JSON.parse(await this.sync.lab.host("exec", this.name(laptop, app), "node", "-e", ask)) as Answer;
  }

  /** The word that the app serves, "" while it does not answer. */
  async word(laptop: SyncLaptop, app = "shop"): Promise<string> {
    return this.answer(laptop, app).then(
      ({ word }) => word,
      () => "",
    );
  }

  /** `docker inspect` at the engine itself; undefined where there is no such container. */
  async inspect(container: string): Promise<Inspected | undefined> {
    const text = await this.sync.lab.host("container", "inspect", container).catch(() => "[]");
    return (JSON.parse(text) as Inspected[])[0];
  }

  async dispose(): Promise<void> {
    await this.sync.dispose();
    await this.bench.dispose();
  }
}

/** What the app says of itself. */
export interface Answer {
  word: string;
  cwd: string;
  uid: number;
  /** Files of secrets. */
  secrets: string[];
}

/** Of `docker inspect`, what tests look at. */
export interface Inspected {
  Id: string;
  Image: string;
  State: { Status: string; Running: boolean; StartedAt: string };
  Config: { Labels: Record<string, string>; Cmd: string[]; WorkingDir: string; Image: string };
  Mounts: { Type: string; Name: string; Destination: string }[];
}

/** A developer with an app that runs: a small one, so that what is looked at is the command and not the app. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Workbench } from "../support/workbench";
import { CliLab } from "./cli-lab";
import { Laptop } from "./laptop";

const MANIFEST = `name: shop
language: typescript
port: 3000
health: { path: /health }
limits: { memoryMb: 256, cpus: 1, pids: 128 }
user: "10001"
`;

/** A command that runs, and what it has said so far. */
export interface Running {
  process: ChildProcess;
  stdout: () => string;
  stderr: () => string;
  exit: Promise<number | null>;
  /** Waits for a text on standard output. @throws Error with all that it said where it ends, or takes too long. */
  says: (text: string) => Promise<void>;
}

export class ExecLab {
  private constructor(
    readonly cli: CliLab,
    readonly bench: Workbench,
    /** Image with Node and npm, and the one that tunnels are made of. */
    readonly images: { runtime: string; sync: string },
  ) {}

  /** @param settings of gateway.json, beside the images. */
  static async start(bench = new Workbench(), settings: object = {}): Promise<ExecLab> {
    const images = {
      runtime: await bench.build("images/runtime-node"),
      sync: await bench.build("images/sync"),
    };
    const cli = await CliLab.start({
      gateway: {
        sharedImages: Object.values(images).map((name) => `${name}:latest`),
        images: { runtime: { typescript: images.runtime, python: "" }, sync: images.sync, extraCa: "" },
        ...settings,
      },
    });
    await cli.makeNetwork("dev");
    await cli.makeNetwork("tst");
    return new ExecLab(cli, bench, images);
  }

  /** A folder with the app's files, as a laptop has it. */
  workspace(files: Record<string, string>): string {
    const folder = fs.mkdtempSync(path.join(this.cli.folder, "workspace-"));
    for (const [name, content] of Object.entries({ "berth.yaml": MANIFEST, ...files })) {
      fs.writeFileSync(path.join(folder, name), content);
    }
    return folder;
  }

  /** Starts the app in dev as its developer's, from the files of a workspace. */
  async run(laptop: Laptop, workspace: string, ...command: string[]): Promise<void> {
    const labels = "--label berth.app=shop --label berth.port=3000";
    const words = [...command].map((word) => `'${word}'`).join(" ");
    await this.docker(
      laptop,
      `docker create --name shop ${labels} --user 10001 --workdir /app ${this.images.runtime} ${words}`,
    );
    await this.docker(laptop, `docker cp -q ${workspace}/. shop:/app && docker start shop`);
  }

  /** A line for sh with docker's command at the gateway. */
  async docker(laptop: Laptop, line: string): Promise<string> {
    const { exitCode, output, stdout } = await laptop.shell(`eval "$($BERTH dev env)"; ${line}`);
    if (exitCode !== 0) throw new Error(`${line}: ${output}`);
    return stdout;
  }

  /** Starts the command, or another one with it, with pipes. */
  start(laptop: Laptop, words: string[], command = ["node", Laptop.bundle]): Running {
    const [program = "", ...before] = command;
    const child = spawn(program, [...before, ...words], {
      env: { ...process.env, ...laptop.environment },
      stdio: ["pipe", "pipe", "pipe"],
    });
    const [out, err] = [child.stdout, child.stderr].map((stream) => {
      const chunks: string[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk.toString()));
      return () => chunks.join("");
    });
    const exit = once(child, "close").then(([code]) => code as number | null);
    const says = async (text: string): Promise<void> => {
      const all = (): string =>
        `${out!()}${err!()}${child.exitCode === null ? "" : `(exit code ${child.exitCode})`}`;
      const seen = await until(all, (said) => out!().includes(text) || said.includes("(exit code"));
      if (!out!().includes(text)) throw new Error(`did not say '${text}': ${seen}`);
    };
    return { process: child, stdout: out!, stderr: err!, exit, says };
  }

  /** Commands of all processes in a container of the developer's. */
  processes(container: string): Promise<string> {
    return this.cli.host("top", `${this.cli.prefix}-dev-01-${container}`, "-o", "pid,args");
  }

  /** Throw-away containers that there are, with their labels. */
  throwAways(): Promise<string> {
    const filter = ["--filter", "label=org.berth.throw-away", "--filter", `name=${this.cli.prefix}`];
    return this.cli.host("ps", "-a", ...filter, "--format", "{{.Names}} {{.Labels}}");
  }

  async dispose(): Promise<void> {
    await this.cli.dispose();
    await this.bench.dispose();
  }
}

/** Waits until something is so. @throws Error with what it was at last. */
export async function until(
  read: () => string | Promise<string>,
  isSo: (text: string) => boolean,
  withinMs = 10_000,
): Promise<string> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const text = await read();
    if (isSo(text)) return text;
    if (Date.now() > deadline) throw new Error(`not within ${withinMs} ms; at last: ${text}`);
    await sleep(50);
  }
}

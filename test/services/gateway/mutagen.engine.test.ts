import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { BASE_IMAGE } from "../../../scripts/base-image-parts/names";
import { toolchainRoot } from "../../../scripts/lib/paths";
import { ensureMutagen } from "../../../scripts/toolchain-parts/mutagen";
import { runCommand } from "../../support/run-command";
import { Installation } from "./escape/installation";

jest.setTimeout(10 * 60_000);

const tools = path.join(toolchainRoot, "mutagen");
let installation: Installation;
let source: string;
let mutagen: (...args: string[]) => Promise<string>;
let docker: (...args: string[]) => Promise<string>;

beforeAll(async () => {
  await ensureMutagen(tools);
  installation = await Installation.start();
  const developer = await installation.client("01");
  const folder = fs.mkdtempSync(path.join(installation.bench.authority.folder, "laptop-"));
  source = path.join(folder, "source");
  fs.mkdirSync(source);
  const environment = {
    ...installation.bench.environment(developer),
    MUTAGEN_DATA_DIRECTORY: path.join(folder, "data"),
  };
  const succeed = async (command: string, args: string[]): Promise<string> => {
    const { exitCode, output } = await runCommand(command, args, { environment });
    if (exitCode !== 0) throw new Error(`${command} ${args.join(" ")} failed: ${output}`);
    return output;
  };
  mutagen = (...args) => succeed(path.join(tools, "mutagen"), args);
  docker = (...args) => succeed("/usr/bin/docker", args);
});
afterAll(async () => {
  await mutagen("daemon", "stop");
  await installation.dispose();
});

async function untilText(read: () => Promise<string>, text: string, withinMs = 15_000): Promise<void> {
  const deadline = Date.now() + withinMs;
  let last = "";
  while (Date.now() < deadline) {
    last = await read().catch((error: Error) => error.message);
    if (last.includes(text)) return;
    await sleep(100);
  }
  throw new Error(`"${text}" did not come within ${withinMs} ms; last: ${last}`);
}

describe("Mutagen over the gateway", () => {
  it("synchronises a folder with a developer's container, both ways, by its Docker transport", async () => {
    fs.writeFileSync(path.join(source, "one.txt"), "from the laptop");
    await docker("run", "--detach", "--name", "sync", "--volume", "code:/code", BASE_IMAGE, "sleep", "600");
    const container = (await docker("inspect", "--format", "{{.Name}}", "sync")).trim().replace(/^\//, "");
    await mutagen("sync", "create", "--name", "code", source, `docker://${container}/code`);
    await untilText(() => docker("exec", "sync", "cat", "/code/one.txt"), "from the laptop");

    fs.writeFileSync(path.join(source, "one.txt"), "edited");
    await untilText(() => docker("exec", "sync", "cat", "/code/one.txt"), "edited");

    await docker("exec", "sync", "sh", "-c", "echo from the container > /code/two.txt");
    await untilText(() => fs.promises.readFile(path.join(source, "two.txt"), "utf8"), "from the container");
  });
});

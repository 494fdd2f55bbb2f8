import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { runCommand, Workbench, type CommandResult } from "../support/workbench";

jest.setTimeout(300_000);

const bench = new Workbench();
const project = fs.mkdtempSync(path.join(os.tmpdir(), `${bench.prefix}-`));
const label = `btest=${bench.prefix}`;

/** A project with this one's devcontainer, and nothing to install. */
beforeAll(async () => {
  for (const folder of [".devcontainer", "images/workspace"]) {
    fs.cpSync(folder, path.join(project, folder), { recursive: true });
  }
  // The command line puts a stage of its own behind the last one, and the classic builder builds every stage before it.
  edit("images/workspace/Dockerfile", (text) => text.slice(0, text.indexOf("# What `remote` adds")));
  const extraCa = await bench.extraCaImage();
  edit(".devcontainer/devcontainer.json", (text) =>
    text.replace("npm ci", "node --version > /tmp/created").replace("berth-extra-ca:none", extraCa),
  );
});

afterAll(async () => {
  const { stdout } = await bench.docker(["ps", "--all", "--quiet", "--filter", `label=${label}`]);
  for (const container of stdout.split("\n").filter(Boolean)) {
    const image = (await bench.docker(["inspect", "--format", "{{.Config.Image}}", container])).stdout.trim();
    await bench.remove(container);
    await bench.docker(["rmi", "--no-prune", image, image.replace(/-uid$/, "")]);
  }
  await bench.dispose();
  fs.rmSync(project, { recursive: true, force: true });
});

function edit(file: string, change: (text: string) => string): void {
  const absolute = path.join(project, file);
  const text = fs.readFileSync(absolute, "utf8");
  const changed = change(text);
  if (changed === text || changed === "") throw new Error(`${file} is not what this test expects`);
  fs.writeFileSync(absolute, changed);
}

function devcontainer(command: string, ...args: string[]): Promise<CommandResult> {
  const all = [command, "--workspace-folder", project, "--id-label", label, ...args];
  return runCommand(process.execPath, [require.resolve("@devcontainers/cli/devcontainer.js"), ...all]);
}

describe("the devcontainer", () => {
  it("comes up by the devcontainer command line, as the user dev", async () => {
    const up = await devcontainer("up");
    expect({ exitCode: up.exitCode, log: up.exitCode === 0 ? "" : up.stderr }).toEqual({
      exitCode: 0,
      log: "",
    });
    expect(JSON.parse(up.stdout)).toMatchObject({ outcome: "success", remoteUser: "dev" });
  });

  it("has what its lifecycle command made, the user's home and tools, and sudo", async () => {
    const { stdout } = await devcontainer(
      "exec",
      "bash",
      "-lc",
      "cat /tmp/created; id -un; ls -A ~; git --version; sudo id -un; cat /proc/1/comm",
    );
    expect(stdout).toMatch(/^v24\.\d+\.\d+\ndev\n[^]*\.bashrc\n[^]*git version 2\.[^]*\nroot\ntini\n$/);
  });
});

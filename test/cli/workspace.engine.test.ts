import { runCommand } from "../support/run-command";
import type { Laptop } from "./laptop";
import { WorkspaceLab } from "./workspace-lab";

let lab: WorkspaceLab;
let laptop: Laptop;
let other: Laptop;
let container: string;
beforeAll(async () => {
  lab = await WorkspaceLab.start({ quota: { memoryMb: 4096 } });
  [laptop, other] = [await lab.cli.onboarded("01"), await lab.cli.onboarded("02")];
  container = lab.name(laptop, "mine");
});
afterAll(() => lab.dispose());

/** What the tab key shows after `berth workspace open`. */
const completed = async (): Promise<string[]> => {
  const { stdout } = await laptop.berth("complete", "--", "workspace", "open", "");
  const words = stdout.split("\n").map((line) => line.split("\t")[0] ?? "");
  return words.filter((word) => word !== "" && !/^(:|-)/.test(word));
};

const inside = (...command: string[]): Promise<string> => lab.cli.host("exec", container, ...command);

describe("berth workspace", () => {
  it("makes one that answers, hardened and within its size", async () => {
    const made = await lab.create(laptop, "mine");
    expect(made).toMatchObject({ workspace: "mine", action: "created", reachable: false });
    expect(made.resources).toEqual({ container, volume: `${container}-workspace` });
    const facts = await lab.inspect(container);
    expect(facts?.HostConfig).toMatchObject({
      ...{ Memory: 2048 * 1024 * 1024, NanoCpus: 1e9, CapDrop: ["ALL"] },
      ...{ SecurityOpt: ["no-new-privileges"], RestartPolicy: { Name: "on-failure" } },
    });
    expect(await completed()).toEqual(["mine"]);
    expect(facts?.Mounts).toMatchObject([
      { Type: "volume", Name: `${container}-workspace`, Destination: "/workspace" },
    ]);
    expect(await inside("id", "-u")).toBe("1000");
    expect(JSON.parse(await inside("cat", "/etc/berth/workspace.json"))).toMatchObject({
      name: "mine",
      size: "small",
    });
  });

  it("does nothing the second time", async () => {
    const before = await lab.inspect(container);
    expect(await lab.create(laptop, "mine")).toMatchObject({ action: "kept" });
    expect((await lab.inspect(container))?.Id).toBe(before?.Id);
  });

  it("keeps what is on its volume over stop and start, another size, and destroy", async () => {
    await inside("sh", "-c", "echo kept > /workspace/home/note");
    await laptop.berthJson("workspace", "stop", "mine");
    expect((await lab.inspect(container))?.State.Status).toBe("exited");
    expect(await laptop.berthJson("workspace", "start", "mine")).toMatchObject({ action: "started" });
    expect(await inside("cat", "/workspace/home/note")).toBe("kept");
    const file = lab.file("name: mine\nsize: { cpus: 0.5, memoryMb: 768, diskGb: 1 }\n");
    expect(await lab.create(laptop, "--file", file)).toMatchObject({ action: "replaced" });
    expect((await lab.inspect(container))?.HostConfig.Memory).toBe(768 * 1024 * 1024);
    expect(await inside("cat", "/workspace/home/note")).toBe("kept");
    const gone = await laptop.berthJson("workspace", "destroy", "mine", "--yes");
    expect(gone).toEqual({ workspace: "mine", on: "local", keptData: `${container}-workspace` });
    expect(await laptop.berthJson("workspace", "list")).toMatchObject([
      { workspace: "mine", state: "data only" },
    ]);
    expect(await completed()).toEqual(["mine"]);
    expect(await lab.create(laptop, "mine")).toMatchObject({ action: "created" });
    expect(await inside("cat", "/workspace/home/note")).toBe("kept");
  });

  it("logs in by ssh with the laptop's own key, to a host key that is known before", async () => {
    const { exitCode, stdout, output } = await lab.berth(laptop, "ssh", "mine", "--", "id", "-un");
    expect([exitCode, stdout]).toEqual([0, "dev\n"]);
    expect(output).not.toMatch(/authenticity|Permanently added/);
    expect((await lab.berth(laptop, "ssh", "mine", "--", "exit", "7")).exitCode).toBe(7);
  });

  it("prints a block for ssh's own settings", async () => {
    const { stdout } = await lab.berth(laptop, "ssh-config", "mine");
    const config = lab.file(stdout);
    const { exitCode, output } = await runCommand("ssh", [
      "-F",
      config,
      "mine.berth",
      "cat /workspace/home/note",
    ]);
    expect([exitCode, output]).toEqual([0, "kept\n"]);
  });

  it("gives it the developer's secrets as files, and shows them nowhere else", async () => {
    await laptop.shell("printf first-value | $BERTH secrets set stripe-key");
    expect(await lab.create(laptop, "mine", "--secret", "stripe-key")).toMatchObject({ action: "replaced" });
    expect(await inside("cat", "/run/berth/secrets/stripe-key")).toBe("first-value");
    const shown = [await lab.cli.host("inspect", container), await lab.cli.host("logs", container)];
    expect(shown.filter((text) => text.includes("first-value"))).toEqual([]);
  });

  it("is nobody else's to see", async () => {
    expect(await other.berthJson("workspace", "list")).toEqual([]);
    for (const words of [
      ["stop", "mine"],
      ["ssh", "mine"],
      ["destroy", "mine", "--yes"],
    ]) {
      const { exitCode, output } = await lab.berth(other, ...words);
      expect([exitCode, output]).toEqual([1, expect.stringContaining("you have no workspace 'mine'")]);
    }
  });

  it("goes with its data where that is asked for", async () => {
    await laptop.berthJson("workspace", "destroy", "mine", "--delete-data", "--yes");
    expect(await completed()).toEqual([]);
    expect(await laptop.berthJson("workspace", "list")).toEqual([]);
    expect(await lab.cli.host("volume", "ls", "-q")).not.toContain(`${container}-workspace`);
  });
});

describe("berth workspace, before anything is touched,", () => {
  it.each([
    [["create", "next", "--secret", "nosuch"], 1, "berth secrets set nosuch"],
    [["create", "next", "--size", "large"], 3, "asks for 8192 MiB of memory, and you may have 4096"],
    [["create", "next", "--repo", "ftp://x"], 2, "--repo must begin with https://"],
    [["create", "Next"], 2, "the name must be lower-case letters"],
    [["create", "next", "--key", "/nosuch"], 2, "--key '/nosuch' has no public half beside it"],
    [["start", "next"], 1, "you have no workspace 'next'"],
    [["destroy", "next"], 2, "nobody is there to ask"],
    [["ssh-config", "next", "--on", "fly"], 2, "is for workspaces on the shared host"],
    [["create", "next", "--on", "moon"], 2, "Allowed choices are local, azure, fly"],
  ])("refuses %j", async (words, exitCode, message) => {
    const result = await lab.berth(laptop, ...words);
    expect([result.exitCode, result.output]).toEqual([exitCode, expect.stringContaining(message)]);
    expect(await lab.cli.host("volume", "ls", "-q")).not.toContain(`${lab.cli.prefix}-dev-01-next`);
  });

  it("leaves an app of the same name alone", async () => {
    const name = lab.name(laptop, "shop");
    const owner = { env: "dev", owner: "01", stack: `${lab.cli.prefix}-dev`, via: "gateway" };
    const labels = Object.entries(owner).flatMap(([key, value]) => ["--label", `berth.${key}=${value}`]);
    await lab.cli.host("create", "--name", name, ...labels, "--label", "org.berth.spec-hash=x", lab.image);
    const { exitCode, output } = await lab.berth(laptop, "create", "shop");
    expect([exitCode, output]).toEqual([1, expect.stringContaining(`container ${name} is an app`)]);
    expect(await lab.cli.host("volume", "ls", "-q")).not.toContain(name);
  });
});

import { WorkspaceLab } from "./workspace/lab";

jest.setTimeout(300_000);

const lab = new WorkspaceLab();
let image: string;

beforeAll(async () => {
  image = await lab.build("remote", {
    SUDO: "true",
    FAIL2BAN: "true",
    SSH_CURVE25519: "true",
    EXTRA_PACKAGES: "tree",
    LOCALES: "de_DE.UTF-8",
  });
});
afterAll(() => lab.dispose());

/** A command as the image's user, with the capabilities of an engine that was asked for nothing. */
const inImage = (command: string) =>
  lab.bench.docker(["run", "--rm", "--entrypoint", "sh", image, "-c", command]);

describe("what a workspace image is built with by choice", () => {
  it("sudo lets its user become root, and no more under no-new-privileges", async () => {
    expect(await inImage("id -un; sudo -n id -un")).toMatchObject({ exitCode: 0, stdout: "dev\nroot\n" });
    const container = await lab.start("sudo", image);
    const { exitCode, stderr } = await lab.bench.exec(container, ["sudo", "-n", "id"]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain("no new privileges");
  });

  it("packages and locales are there", async () => {
    const { stdout } = await inImage(
      "tree --version | cut -d' ' -f1; LC_ALL=de_DE.UTF-8 date -d 2026-11-22 +%A",
    );
    expect(stdout).toBe("tree\nSonntag\n");
  });

  it("clients without post-quantum key exchange may connect", async () => {
    const container = await lab.start("kex", image);
    const options = ["KexAlgorithms=curve25519-sha256"];
    expect((await lab.ssh(container, ["id -un"], { options })).stdout).toBe("dev\n");
    const old = ["KexAlgorithms=diffie-hellman-group14-sha256"];
    expect((await lab.ssh(container, ["id -un"], { options: old })).stderr).toContain(
      "no matching key exchange",
    );
  });
});

describe("a workspace with fail2ban", () => {
  it("bans who goes on guessing, by a firewall rule of its own, and lets others in", async () => {
    const container = await lab.startAsRoot("bans", image, ["--cap-add", "NET_ADMIN"]);
    const address = await lab.addressOf(container);
    const guesser = await lab.startIdle("guesser", image);
    const from = await lab.addressOf(guesser);
    const guess = () => lab.bench.exec(guesser, guessAt(address));
    const banned = async () =>
      (await lab.bench.docker(["exec", "--user", "0", container, "nft", "list", "ruleset"])).stdout.includes(
        from,
      );

    expect(await banned()).toBe(false);
    for (let round = 0; round < 30 && !(await banned()); round += 1) await guess();
    expect(await banned()).toBe(true);
    const after = await guess();
    expect(after.exitCode).toBe(255);
    expect(after.stderr).toMatch(/Connection refused|timed out/);
    expect((await lab.ssh(container, ["id -un"])).stdout).toBe("dev\n");
  });

  it("says so where it may not ban, and works without it", async () => {
    const container = await lab.startAsRoot("may-not", image, []);
    expect(await lab.bench.logs(container)).toContain("fail2ban is in the image but may not ban");
    expect((await lab.ssh(container, ["id -un"])).stdout).toBe("dev\n");
  });
});

/** One try to log in without a key that is known. */
function guessAt(address: string): string[] {
  const options = [
    "BatchMode=yes",
    "StrictHostKeyChecking=no",
    "UserKnownHostsFile=/dev/null",
    "ConnectTimeout=3",
  ];
  return ["ssh", ...options.flatMap((option) => ["-o", option]), "-p", "2222", `nobody@${address}`, "true"];
}

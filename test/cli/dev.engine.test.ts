import { createPrivateKey, X509Certificate } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { toolchainRoot } from "../../scripts/lib/paths";
import { ensureMutagen } from "../../scripts/toolchain-parts/mutagen";
import { makeAuthority } from "../services/onboarding/openssl";
import { freePort } from "../support/free-port";
import { runCommand } from "../support/run-command";
import { CliLab } from "./cli-lab";
import { HeldAnswers, MORE_THAN_A_HANDSHAKE } from "./held-answers";
import type { Laptop } from "./laptop";

const BUILDS_MUTAGEN_WITHIN_MS = 5 * 60_000;

let cli: CliLab;
let line: HeldAnswers;
beforeAll(async () => {
  // Go, where it has to build it, leaves its caches in the home folder of whoever calls it.
  await ensureMutagen(path.join(toolchainRoot, "mutagen"));
  cli = await CliLab.start();
  line = await HeldAnswers.before(cli.replica.url);
}, BUILDS_MUTAGEN_WITHIN_MS);
afterAll(async () => {
  line.close();
  await cli.dispose();
});
afterEach(() => line.passAll());

interface InitFacts {
  identity: string;
  serial: string;
}

const modeOf = (file: string): string => (fs.statSync(file).mode & 0o777).toString(8);
const isPair = (laptop: Laptop): boolean =>
  new X509Certificate(laptop.read("cert.pem")).checkPrivateKey(createPrivateKey(laptop.read("key.pem")));

async function certificatesOf(devId: string): Promise<string[]> {
  const rows = await cli.lab.sql<{ serial: string }>(
    `SELECT serial FROM certificate WHERE developer_id = '${devId}' ORDER BY issued_at`,
  );
  return rows.map(({ serial }) => serial);
}

/** Starts a command whose answer never comes, and kills it once the service has issued. */
async function killBeforeTheAnswer(devId: string, certificates: number, laptop: Laptop, words: string[]) {
  line.hold();
  const command = laptop.start(...words);
  while ((await certificatesOf(devId)).length < certificates) await sleep(20);
  command.kill("SIGKILL");
  line.passAll();
}

/** Every file of a folder with its content. */
function contents(folder: string): Record<string, string> {
  const files = fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile());
  return Object.fromEntries(
    files.map((file) => {
      const at = path.join(file.parentPath, file.name);
      return [path.relative(folder, at), fs.readFileSync(at, "utf8")];
    }),
  );
}

describe("berth dev init", () => {
  it("makes an identity that docker can use, and touches nothing of docker's own", async () => {
    const laptop = cli.laptop("01");
    const { exitCode, output } = await laptop.init(cli, await cli.lab.pin("01"));
    expect([exitCode, output]).toEqual([0, expect.stringContaining("answers: engine")]);
    const exports = await laptop.berth("dev", "env");
    expect(exports.stdout).toContain(`export DOCKER_CERT_PATH=${path.dirname(laptop.file("."))}/01\n`);
    const docker = await runCommand("sh", [
      "-c",
      `${exports.stdout} docker version --format '{{.Server.Version}}'`,
    ]);
    expect(docker.exitCode).toBe(0);
    expect(docker.stdout).toMatch(/^\d+\./);
    expect(contents(path.join(laptop.home, ".docker"))).toEqual({ "config.json": "{}" });
    expect(fs.readdirSync(laptop.home).sort()).toEqual([".berth", ".docker"]);
  });

  it("writes files and folders for their owner only", async () => {
    const laptop = await cli.onboarded("02");
    for (const file of fs.readdirSync(laptop.berthHome, { recursive: true, withFileTypes: true })) {
      if (file.isSymbolicLink()) continue;
      const at = path.join(file.parentPath, file.name);
      const isEntered = file.isDirectory() || file.name === "mutagen";
      expect([at, modeOf(at)]).toEqual([at, isEntered ? "700" : "600"]);
    }
    expect(modeOf(laptop.berthHome)).toBe("700");
  });

  it("killed before the answer, gets the same certificate when run again", async () => {
    const laptop = cli.laptop("03");
    const pin = await cli.lab.pin("03");
    await killBeforeTheAnswer("03", 1, laptop, laptop.initWords(line.url, pin, cli.fingerprint));
    expect(fs.existsSync(laptop.file("cert.pem"))).toBe(false);
    const { exitCode, output } = await laptop.init(cli, pin);
    expect([exitCode, output]).toEqual([0, expect.stringContaining("made for 03")]);
    const { serial } = await laptop.berthJson<InitFacts>("dev", "init");
    expect(await certificatesOf("03")).toEqual([serial]);
  });

  it("takes a new PIN where the answer to the first was lost for good", async () => {
    const laptop = cli.laptop("04");
    const words = laptop.initWords(line.url, await cli.lab.pin("04"), cli.fingerprint);
    await killBeforeTheAnswer("04", 1, laptop, words);
    expect((await laptop.init(cli, await cli.lab.pin("04"))).exitCode).toBe(0);
    expect(isPair(laptop)).toBe(true);
    expect(await certificatesOf("04")).toHaveLength(2);
  });

  it("with another CA's fingerprint sends nothing", async () => {
    const laptop = cli.laptop("05");
    const before = line.sent;
    const words = laptop.initWords(line.url, await cli.lab.pin("05"), "ab".repeat(32));
    const { exitCode, output } = await laptop.berth(...words);
    expect([exitCode, output]).toEqual([1, expect.stringContaining("nothing was sent")]);
    expect(output).toContain(cli.fingerprint);
    expect(line.sent - before).toBeLessThan(MORE_THAN_A_HANDSHAKE);
    expect(
      await cli.lab.sql(`SELECT FROM event WHERE developer_id = '05' AND action = 'certificate.issue'`),
    ).toEqual([]);
    expect(fs.existsSync(laptop.berthHome)).toBe(false);
  });

  it("without a fingerprint and without a terminal says which option to give", async () => {
    const laptop = cli.laptop("05");
    const words = ["dev", "init", "--dev-id", "05", "--server", cli.replica.url, "--pin", "any"];
    const { exitCode, output } = await laptop.berth(...words);
    expect([exitCode, output]).toEqual([2, expect.stringContaining("--ca-fingerprint")]);
    expect(output).toContain(cli.fingerprint);
  });

  it("trusts the CA of a file, and no server of another CA", async () => {
    const laptop = cli.laptop("06");
    const caFile = (name: string, content: string): string => {
      fs.writeFileSync(path.join(cli.folder, name), content);
      return path.join(cli.folder, name);
    };
    const other = caFile("other-ca.pem", makeAuthority(path.join(cli.folder, "other")).rootPem);
    const words = ["dev", "init", "--dev-id", "06", "--server", cli.replica.url];
    words.push("--pin", await cli.lab.pin("06"), "--ca-file");
    const refused = await laptop.berth(...words, other);
    expect([refused.exitCode, refused.output]).toEqual([
      1,
      expect.stringContaining("not from the CA that you trust"),
    ]);
    const { exitCode, output } = await laptop.berth(...words, caFile("ca.pem", cli.lab.authority.rootPem));
    expect([exitCode, output]).toEqual([0, expect.stringContaining("made for 06")]);
  });

  it.each([
    ["no", 1, "not confirmed: nothing was sent"],
    ["yes", 0, "made for 12"],
  ])("asks at a terminal whether the fingerprint is right: %s", async (said, exitCode, says) => {
    const laptop = cli.laptop("12");
    const words = [
      "dev",
      "init",
      "--dev-id",
      "12",
      "--server",
      cli.replica.url,
      "--pin",
      await cli.lab.pin("12"),
    ];
    const asked = await laptop.shell(
      `(sleep 1; echo ${said}) | script -qec "$BERTH ${words.join(" ")}" /dev/null`,
    );
    expect(asked.output).toContain(cli.fingerprint);
    expect([asked.exitCode, asked.output]).toEqual([exitCode, expect.stringContaining(says)]);
  });

  it("reads the PIN from standard input, where no list of processes shows it", async () => {
    const laptop = cli.laptop("13");
    const words = laptop.initWords(cli.replica.url, "-", cli.fingerprint);
    const { exitCode } = await laptop.shell(`echo ${await cli.lab.pin("13")} | $BERTH ${words.join(" ")}`);
    expect(exitCode).toBe(0);
  });

  it("with a wrong PIN says whom to ask, and the right one works afterwards", async () => {
    const laptop = cli.laptop("07");
    const pin = await cli.lab.pin("07");
    const { exitCode, output } = await laptop.init(cli, "WRONG-PIN");
    expect([exitCode, output]).toEqual([3, expect.stringContaining("Ask the operator for a new one")]);
    expect((await laptop.init(cli, pin)).exitCode).toBe(0);
  });

  it("with the server down says so", async () => {
    const nobody = `https://127.0.0.1:${await freePort()}`;
    const { exitCode, output } = await cli.laptop("08").init(cli, "any", nobody);
    expect([exitCode, output]).toEqual([4, expect.stringContaining("cannot be reached")]);
  });

  it("with the gateway down keeps the identity, and finds the gateway when run again without the PIN", async () => {
    const laptop = cli.laptop("08");
    await cli.stopGateway();
    const { exitCode, output } = await laptop.init(cli, await cli.lab.pin("08"));
    expect([exitCode, output]).toEqual([4, expect.stringContaining("The identity is safe")]);
    await cli.startGateway();
    expect(await laptop.berthJson<InitFacts>("dev", "init")).toMatchObject({ identity: "kept" });
  });

  it.each(["ca.pem", "cert.pem"])("puts a lost %s back", async (name) => {
    const laptop = cli.laptop("09");
    const pin = await cli.lab.pin("09");
    expect((await laptop.init(cli, pin)).exitCode).toBe(0);
    const [key, lost] = [laptop.read("key.pem"), laptop.read(name)];
    fs.rmSync(laptop.file(name));
    expect((await laptop.init(cli, pin)).exitCode).toBe(0);
    expect([laptop.read("key.pem"), laptop.read(name)]).toEqual([key, lost]);
  });

  it("keeps a valid identity whatever PIN is given, and trades the PIN for one that was revoked", async () => {
    const laptop = await cli.onboarded("10");
    const key = laptop.read("key.pem");
    expect((await laptop.init(cli, "any")).output).toContain("kept for 10");
    expect(laptop.read("key.pem")).toBe(key);
    const { pin } = await cli.lab.adminJson<{ pin: string }>(cli.replica, "reissue", "--dev-id", "10");
    await sleep(1_000);
    expect(await laptop.berth("dev", "init")).toMatchObject({ exitCode: 3 });
    const { exitCode, output } = await laptop.init(cli, pin);
    expect([exitCode, output]).toEqual([0, expect.stringContaining("made for 10")]);
    expect(laptop.read("key.pem")).not.toBe(key);
  });

  it("takes over an identity that openssl and curl have made", async () => {
    const laptop = cli.laptop("11");
    const { certPem, keyPem } = await cli.lab.onboard(cli.replica, "11");
    fs.mkdirSync(laptop.file("."), { recursive: true });
    const files = { "cert.pem": certPem, "key.pem": keyPem, "ca.pem": cli.lab.authority.rootPem };
    for (const [name, content] of Object.entries(files)) fs.writeFileSync(laptop.file(name), content);
    // Without the server's word the gateway is looked for at its usual port.
    const port = "dev init --dev-id 11 --server".split(" ");
    expect((await laptop.berth(...port, cli.replica.url)).output).toContain("The identity is safe");
    expect((await laptop.berth("dev", "renew")).exitCode).toBe(0);
    expect(isPair(laptop)).toBe(true);
    expect(await laptop.berthJson<InitFacts>("dev", "init")).toMatchObject({ identity: "kept" });
  });
});

describe("berth dev renew", () => {
  it("puts a new pair in place, under the same path, that the gateway lets in", async () => {
    const laptop = await cli.onboarded("21");
    const old = { key: laptop.read("key.pem"), cert: laptop.read("cert.pem") };
    expect((await laptop.berth("dev", "renew", "--if-due")).stdout).toContain("not due");
    expect(laptop.read("cert.pem")).toBe(old.cert);
    expect(await laptop.berthJson("dev", "renew")).toMatchObject({ renewed: true });
    expect(laptop.read("key.pem")).not.toBe(old.key);
    expect(isPair(laptop)).toBe(true);
    expect((await laptop.berth("dev", "init")).exitCode).toBe(0);
  });

  it("killed before the answer, gets the same certificate when run again, and the identity is not locked", async () => {
    const laptop = await cli.onboarded("22");
    await killBeforeTheAnswer("22", 2, laptop, ["dev", "renew", "--server", line.url]);
    expect(isPair(laptop)).toBe(true);
    const { serial } = await laptop.berthJson<InitFacts>("dev", "renew", "--if-due");
    expect((await certificatesOf("22")).slice(1)).toEqual([serial]);
    expect((await laptop.berth("dev", "init")).exitCode).toBe(0);
  });

  it("killed at any moment leaves a pair, and goes on", async () => {
    const laptop = await cli.onboarded("23");
    for (let moment = 0; moment < 8; moment += 1) {
      const command = laptop.start("dev", "renew");
      await sleep(100 + moment * 40);
      command.kill("SIGKILL");
      expect(isPair(laptop)).toBe(true);
    }
    expect((await laptop.berth("dev", "renew")).exitCode).toBe(0);
    expect((await laptop.berth("dev", "init")).exitCode).toBe(0);
  });

  it("is due, and asked for, when the server offers it", async () => {
    const laptop = cli.laptop("25");
    const dockerEndpoint = `tcp://127.0.0.1:${cli.gatewayPort}`;
    const short = await cli.lab.replica({ prefix: cli.prefix, dockerEndpoint, clientValidityHours: 9 * 24 });
    const { output } = await laptop.init(cli, await cli.lab.pin("25"), short.url);
    expect(output).toContain("the certificate ends in 8 days");
    expect((await laptop.berth("dev", "env")).output).toContain("run `berth dev renew`");
    expect(await laptop.berthJson("dev", "renew", "--if-due")).toMatchObject({ renewed: true });
  });

  it("from two terminals at once does not lock the identity", async () => {
    const laptop = await cli.onboarded("24");
    const both = await Promise.all([laptop.berth("dev", "renew"), laptop.berth("dev", "renew")]);
    expect(both.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
    expect((await laptop.berth("dev", "init")).exitCode).toBe(0);
  });
});

it("berth dev config says every setting with its source, and no secret", async () => {
  const laptop = await cli.onboarded("31");
  const { settings, certificate } = await laptop.berthJson<{
    settings: Record<string, { value?: string; source: string }>;
    certificate: { serial: string; daysLeft: number };
  }>("dev", "config");
  expect(settings).toMatchObject({
    home: { value: laptop.berthHome, source: "default" },
    devId: { value: "31", source: "file" },
    server: { value: cli.replica.url, source: "file" },
    caFingerprint: { value: cli.fingerprint, source: "file" },
    dockerEndpoint: { value: `tcp://127.0.0.1:${cli.gatewayPort}`, source: "server" },
    secretsEncryption: { value: "********", source: "server" },
  });
  expect(certificate).toMatchObject({ serial: (await certificatesOf("31"))[0], daysLeft: 29 });
  const { output } = await laptop.berth("dev", "config", "--dev-id", "32");
  expect(output).toMatch(/devId +32 +flag/);
});

it("the onboarding service presents its chain up to the root, once", async () => {
  const { hostname, port } = new URL(cli.replica.url);
  const words = ["s_client", "-showcerts", "-connect", `${hostname}:${port}`];
  const { output } = await runCommand("openssl", words);
  const presented = output.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n/g) ?? [];
  const root = new X509Certificate(cli.lab.authority.rootPem).toString();
  expect(new Set(presented).size).toBeGreaterThan(1);
  expect(presented.filter((certificate) => certificate === root)).toHaveLength(1);
});

import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { BASE_IMAGE } from "../../scripts/base-image-parts/names";
import { makeCheckout, type Checkout } from "../support/checkout";
import { admin, Developer } from "../support/developer";
import { listEngine } from "../support/engine-listing";

jest.setTimeout(10 * 60_000);

const CANARY = "canary-7f3a91c2e4";

let checkout: Checkout;
let one: Developer;
let other: Developer;
let up: string;

beforeAll(async () => {
  checkout = await makeCheckout();
  checkout.configure("apps", []);
  checkout.configure("registry", { enabled: false });
  await checkout.letDevelopersIn();
  const { stdout, stderr, exitCode } = await checkout.run("make", ["up"]);
  if (exitCode !== 0) throw new Error(`make up failed: ${stdout}${stderr}`);
  up = stdout;
  one = await Developer.onboard(checkout, "01");
  other = await Developer.onboard(checkout, "02");
});
afterAll(async () => {
  one?.remove();
  other?.remove();
  await checkout.run("make", ["purge", "YES=1", "DEVELOPERS=remove"]);
  checkout.remove();
});

describe("a stack that lets developers in", () => {
  it("ends its up with how to onboard one", () => {
    expect(up).toMatch(
      /developers\s+onboard at https:\/\/localhost:\d+, then use the engine at tcp:\/\/localhost:\d+/,
    );
    expect(up).toContain("make pin DEV=01");
  });

  it("gives certificates that openssl follows to the CA, for a client's use", () => {
    expect(one.verify()).toMatch(/cert\.pem: OK$/m);
  });

  it("lets a developer run, look at, enter and copy from a container, with Docker's own command", async () => {
    const run = await one.docker(
      "run",
      "--detach",
      "--name",
      "work",
      BASE_IMAGE,
      "sh",
      "-c",
      `echo ${CANARY}; sleep 300`,
    );
    expect(run.output).toMatch(/^[0-9a-f]{64}$/m);
    expect((await one.docker("logs", "work")).stdout).toContain(CANARY);
    expect((await one.docker("exec", "work", "cat", "/etc/debian_version")).exitCode).toBe(0);
    expect((await one.docker("cp", "work:/etc/hostname", "-")).exitCode).toBe(0);
    const { stdout } = await one.docker(
      "inspect",
      "--format",
      "{{.HostConfig.NetworkMode}} {{.HostConfig.CapDrop}}",
      "work",
    );
    expect(stdout.trim()).toBe(`${checkout.namePrefix}-dev-network [ALL]`);
  });

  it("shows another developer nothing of it, neither in a list nor by name or id", async () => {
    const id = (await one.docker("inspect", "--format", "{{.Id}}", "work")).stdout.trim();
    expect((await other.docker("ps", "--all", "--quiet", "--no-trunc")).stdout).not.toContain(id);
    for (const name of ["work", id, id.slice(0, 12), `${checkout.namePrefix}-dev-01-work`]) {
      const { exitCode, output } = await other.docker("rm", name);
      expect([name, output]).toEqual([name, expect.stringContaining("No such container")]);
      expect(exitCode).not.toBe(0);
    }
    expect((await one.docker("exec", "work", "true")).exitCode).toBe(0);
  });

  it.each([
    ["the host's files", ["--volume", "/:/host"]],
    ["all rights", ["--privileged"]],
    ["the host's processes", ["--pid", "host"]],
    ["the host's network", ["--network", "host"]],
    ["the network of the identity services", ["--network", "IDENTITY"]],
  ])("refuses %s with a message that names the field", async (_, options) => {
    const words = options.map((word) => word.replace("IDENTITY", `${checkout.namePrefix}-dev-identity`));
    const { exitCode, output } = await one.docker("run", "--rm", ...words, BASE_IMAGE, "true");
    expect(exitCode).toBe(125);
    expect(output).toMatch(/HostConfig|network/i);
  });

  it("lets no app's network reach the identity services", async () => {
    const database = `${checkout.namePrefix}-dev-identity-postgres`;
    const address = execFileSync("docker", [
      ...["inspect", "--format", "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}", database],
    ])
      .toString()
      .trim();
    expect(address).toMatch(/^10\./);
    for (const target of [database, address]) {
      const connect = `exec 3<>/dev/tcp/${target}/5432 && echo reached`;
      const { stdout } = await one.docker("exec", "work", "timeout", "3", "bash", "-c", connect);
      expect(stdout).not.toContain("reached");
    }
  });

  it("keeps keys, PINs and passwords out of state, logs, inspect and process arguments", () => {
    const [superuser = "", issuingKey = ""] = ["identity-postgres", "onboarding"].map((role) => {
      const file = role === "onboarding" ? "issuing-key.pem" : "postgres-superuser-password";
      const container = `${checkout.namePrefix}-dev-${role}`;
      const script = `docker cp ${container}:/run/secrets/berth/${file} - | tar -xO`;
      return execFileSync("bash", ["-c", script], { encoding: "utf8" }).trim();
    });
    const keyBody = issuingKey.split("\n").slice(1, 3).join("");
    expect(superuser.length).toBeGreaterThan(30);
    expect(keyBody.length).toBeGreaterThan(60);
    const places = [
      execFileSync("bash", [
        "-c",
        `cat $(find ${path.join(checkout.folder, ".berth/state")} -name '*.json')`,
      ]),
      ...["identity-postgres", "onboarding", "gateway"].flatMap((role) => {
        const container = `${checkout.namePrefix}-dev-${role}`;
        return [
          execFileSync("bash", ["-c", `docker logs ${container} 2>&1`]),
          execFileSync("docker", ["inspect", container]),
          execFileSync("docker", ["top", container]),
          execFileSync("docker", ["history", "--no-trunc", `${container}:latest`]),
        ];
      }),
      execFileSync("bash", [
        "-c",
        `docker cp ${checkout.namePrefix}-dev-gateway:/var/lib/berth/audit - | tar -xO`,
      ]),
    ].map((bytes) => bytes.toString());
    const audit = places.at(-1) ?? "";
    expect(audit).toContain('"developerId":"01"');
    expect(audit).not.toContain(CANARY);
    for (const secret of [superuser, keyBody]) {
      const forms = [secret, Buffer.from(secret).toString("base64"), Buffer.from(secret).toString("hex")];
      for (const place of places) for (const form of forms) expect(place.includes(form)).toBe(false);
    }
  });

  it("tells the operator who did what, and what was refused and why", async () => {
    const { stdout } = await admin(checkout, ["audit", "--dev-id", "01", "--decision", "refuse", "--json"]);
    expect(JSON.parse(stdout)).toEqual(
      expect.arrayContaining([expect.objectContaining({ developerId: "01", reason: "field-not-allowed" })]),
    );
  });

  it("leaves developers' containers alone in recover, and asks before down takes them away", async () => {
    const recovered = await checkout.run("make", ["recover"]);
    expect(recovered.exitCode).toBe(0);
    expect((await one.docker("exec", "work", "true")).exitCode).toBe(0);
    const refused = await checkout.run("make", ["down"]);
    expect(refused.exitCode).not.toBe(0);
    expect(refused.stderr).toMatch(/1 containers of developers run here: .*-dev-01-work.* DEVELOPERS=remove/);
    expect((await one.docker("exec", "work", "true")).exitCode).toBe(0);
  });

  it("takes a new issuing CA into use without anybody noticing: what the old one issued holds until it is renewed", async () => {
    const old = one.issuerKeyId();
    checkout.configure("certificates", { issuing: { generation: 2 } });
    const { exitCode, stderr } = await checkout.run("make", ["up"]);
    expect([exitCode, stderr.slice(-500)]).toEqual([0, expect.anything()]);
    for (const developer of [one, other]) expect((await developer.docker("ps")).exitCode).toBe(0);
    await one.renew();
    expect(one.issuerKeyId()).not.toBe(old);
    expect(one.verify()).toMatch(/cert\.pem: OK$/m);
    expect((await one.docker("exec", "work", "true")).exitCode).toBe(0);
    const late = await Developer.onboard(checkout, "03");
    expect(late.issuerKeyId()).toBe(one.issuerKeyId());
    late.remove();
    expect(other.issuerKeyId()).toBe(old);
    expect((await other.docker("ps")).exitCode).toBe(0);
  });

  it("cuts a revoked developer off within a second, and what they had open within five", async () => {
    const following = one.docker("logs", "--follow", "work");
    await sleep(1000);
    await admin(checkout, ["revoke", "--dev-id", "01"]);
    const startedMs = Date.now();
    await sleep(1000);
    expect((await one.docker("ps")).output).toMatch(/revoked/);
    await following;
    expect(Date.now() - startedMs).toBeLessThan(5000);
    expect((await other.docker("ps")).exitCode).toBe(0);
  });

  it("takes everything away at the end, developers' volumes too, once the operator says so", async () => {
    expect((await other.docker("volume", "create", "data")).exitCode).toBe(0);
    const { exitCode, stderr } = await checkout.run("make", ["purge"], { YES: "1", DEVELOPERS: "remove" });
    expect([exitCode, stderr.slice(-500)]).toEqual([0, expect.anything()]);
    const left = await listEngine(checkout.namePrefix);
    expect(left).toEqual({ containers: [], networks: [], volumes: [], images: [] });
    expect(fs.existsSync(path.join(checkout.folder, ".berth/state"))).toBe(false);
  });
});

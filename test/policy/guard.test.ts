import * as pulumi from "@pulumi/pulumi";
import { CertificateAuthority } from "../../components/certificate-authority";
import { HardenedContainer, type HardenedContainerArgs } from "../../components/hardened-container";
import { IssuedCertificate } from "../../components/issued-certificate";
import { provisioner } from "../../components/provisioning";
import { guardBuild, guardCommand, guardContainer } from "../../policy/guard";
import { longestLifeHours } from "../../policy/rules";
import { MockedProgram } from "../support/pulumi-mocks";
import { sampleProviders } from "../support/sample-providers";
import { sampleSettings } from "../support/sample-settings";
import { containerCases, digest, goodContainer, imageId } from "./resource-cases";

const smallest: HardenedContainerArgs = {
  name: "berth-dev-one",
  image: digest,
  engine: sampleSettings.engine,
  network: "berth-dev-network",
  labels: [{ label: "berth.role", value: "app" }],
  memoryMb: 128,
  pids: 64,
  health: { command: ["CMD", "/usr/local/bin/berth-health"], intervalSeconds: 5, startSeconds: 30 },
  healthyWithinSeconds: 120,
};
const start = (stack = "dev"): Promise<MockedProgram> => MockedProgram.start(sampleProviders, { stack });

describe("a component with a container", () => {
  const socket = { type: "bind" as const, source: "/var/run/docker.sock", target: "/var/run/docker.sock" };
  const source = { type: "bind" as const, source: "/srv/work/src", target: "/app/src", readOnly: true };
  const cases: [string, string, string, Partial<HardenedContainerArgs>][] = [
    ["live-source", "reload in tst", "tst", { environment: ["BERTH_DEV_MODE=true"] }],
    ["image-by-digest", "a tag in pro", "pro", { image: "shop:1" }],
    ["image-origin", "an id in pro", "pro", { image: imageId }],
    ["docker-socket", "the engine's socket", "dev", { mounts: [socket] }],
    ["host-paths", "mounted source in pro", "pro", { mounts: [source] }],
    ["host-paths", "a path for writing", "dev", { mounts: [{ ...source, readOnly: false }] }],
    ["explicit-network", "the default network", "dev", { network: "bridge" }],
    ["host-namespaces", "the host's network", "dev", { network: "host" }],
    ["memory-limit", "no memory limit", "dev", { memoryMb: 0 }],
    ["capabilities", "a capability that reaches the host", "dev", { capabilities: ["SYS_ADMIN"] }],
    ["published-ports", "a published port", "dev", { ports: [{ internal: 80, external: 80 }] }],
    ["own-commands-only", "a second command in its name", "dev", { name: "x; docker run y" }],
  ];

  it.each(cases)("is refused by %s for %s before anything is declared", async (rule, _, stack, changes) => {
    const program = await start(stack);
    const args = { ...smallest, ...changes };
    expect(() => new HardenedContainer("one", args)).toThrow(
      new RegExp(`${args.name} breaks the policy of ${stack}:\n  ${rule}: .+`),
    );
    expect(await program.resources()).toEqual([]);
  });

  it.each([
    ["dev", { image: "shop:1", mounts: [source], environment: ["BERTH_DEV_MODE=true"] }],
    ["tst", { image: imageId, environment: ["BERTH_DEV_MODE=false"] }],
    ["pro", { capabilities: ["CHOWN"] }],
    ["pro", { image: pulumi.output(imageId) }],
    [
      "dev",
      { network: undefined, labels: [{ label: "berth.role", value: "proxy-routes" }], mounts: [socket] },
    ],
    ["dev", { labels: [{ label: "berth.role", value: "proxy" }], ports: [{ internal: 80, external: 80 }] }],
  ])("is declared in %s where it keeps the rules", async (stack, changes) => {
    const program = await start(stack);
    new HardenedContainer("one", { ...smallest, ...changes });
    expect(await program.resources()).not.toEqual([]);
  });

  it("of a stack that is no environment is judged as pro's", async () => {
    await start("staging");
    expect(() => new HardenedContainer("one", { ...smallest, image: "shop:1" })).toThrow(/policy of pro/);
  });

  it("is told of every rule that it breaks", async () => {
    await start();
    const args = { ...smallest, network: "host", memoryMb: 0 };
    expect(() => new HardenedContainer("one", args)).toThrow(/host-namespaces.*\n.*memory-limit/);
  });
});

describe("the guard of containers", () => {
  it.each(containerCases.map((one) => [one.rule, one.what, one] as const))(
    "refuses by %s: %s",
    async (rule, _, { broken, kept, environment }) => {
      await start(environment);
      expect(() => guardContainer("one", broken)).toThrow(new RegExp(`  ${rule}: `));
      expect(() => guardContainer("one", kept)).not.toThrow();
    },
  );

  it("leaves to the policy pack what only the engine will know", async () => {
    await start("pro");
    const later = { image: pulumi.output("shop:1"), networkMode: Promise.resolve("host") };
    expect(() => guardContainer("one", { ...goodContainer, ...later })).not.toThrow();
  });
});

describe("the guard of commands and builds", () => {
  it("knows our provisioner from anything else", async () => {
    await start();
    const words = "postgres-role --role shop_01 --database shop_01 --container berth-dev-postgres --remove";
    expect(() => guardCommand("step", { create: provisioner(words) })).not.toThrow();
    expect(() => guardCommand("step", { create: `docker run shop` })).toThrow(
      /command step.*\n.*own-commands-only/,
    );
  });

  it("lets dev build, and no other environment", async () => {
    await start("dev");
    expect(() => guardBuild("images/proxy")).not.toThrow();
    await start("pro");
    expect(() => guardBuild("images/proxy")).toThrow(
      /image of images\/proxy .*\n.*no-builds: pro builds no images/,
    );
  });
});

describe("a component with a certificate", () => {
  const life = (validityHours: number) => ({ validityHours, earlyRenewalHours: 0 });
  const authority = (root: number, issuing: number): CertificateAuthority =>
    new CertificateAuthority("ca", {
      organization: "berth",
      root: life(root),
      issuing: { ...life(issuing), generation: 1 },
    });
  const identities = {
    server: { kind: "server" as const, dnsNames: ["a.example"], ipAddresses: [] },
    client: { kind: "client" as const, csrPem: "-----BEGIN CERTIFICATE REQUEST-----" },
  };

  it("takes the longest life and refuses an hour more, before anything is declared", async () => {
    const program = await start();
    const { root, issuing } = longestLifeHours;
    expect(() => authority(root + 1, issuing)).toThrow(
      /certificate ca root .*\n.*certificate-life: .*175200 hours/,
    );
    expect(() => authority(root, issuing + 1)).toThrow(
      /certificate ca issuing .*\n.*certificate-life: .*87600 hours/,
    );
    expect(await program.resources()).toEqual([]);
    expect(() => authority(root, issuing)).not.toThrow();
  });

  it.each(["server", "client"] as const)("for a %s is held to that kind's life", async (kind) => {
    await start();
    const issue = (hours: number): IssuedCertificate =>
      new IssuedCertificate(`one-${hours}`, {
        ...{ authority: authority(87_600, 43_800), identity: identities[kind], ...life(hours) },
      });
    const longest = longestLifeHours[kind];
    expect(() => issue(longest + 1)).toThrow(new RegExp(`certificate-life: the ${kind} certificate lives`));
  });

  it.each(["server", "client"] as const)("for a %s may have all of it", async (kind) => {
    await start();
    const args = { authority: authority(87_600, 43_800), identity: identities[kind] };
    expect(() => new IssuedCertificate("one", { ...args, ...life(longestLifeHours[kind]) })).not.toThrow();
  });
});

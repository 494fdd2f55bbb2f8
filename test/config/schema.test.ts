import { parse } from "yaml";
import { parseConfig } from "../../config/load";

const FILE = "Pulumi.dev.yaml";
const smallest = { environment: "dev", network: { subnet: "10.89.0.0/24" } };
const app = { path: "examples/shop", developerId: "01" };
const csr = "-----BEGIN CERTIFICATE REQUEST-----\nMIIB\n-----END CERTIFICATE REQUEST-----\n";

const letIn = (identity: object, gateway: object = {}): Record<string, unknown> => ({
  identity: { enabled: true, ...identity },
  gateway,
});

function problemsOf(raw: Record<string, unknown>, file = FILE): string {
  try {
    parseConfig(raw, file);
  } catch (error) {
    return (error as Error).message;
  }
  return "";
}

describe("the config of a stack", () => {
  it("needs an environment and a subnet; all else has a default", () => {
    expect(parseConfig(smallest, FILE)).toMatchObject({
      namePrefix: "berth",
      engine: { socketPath: "/var/run/docker.sock" },
      proxy: { httpPort: 8080, bindAddress: "127.0.0.1", domain: "localhost" },
      extraCaBundle: "auto",
      builder: "classic",
      apps: [],
      certificates: { server: { validityHours: 2160, earlyRenewalHours: 720 }, clients: [] },
    });
  });

  it("turns reload on for an app in dev unless it says otherwise", () => {
    const config = parseConfig({ ...smallest, apps: [app, { ...app, reload: false }] }, FILE);
    expect(config.apps).toMatchObject([{ reload: true }, { reload: false }]);
  });

  it("reports every problem at once, each with key, fix and file, and says that nothing was touched", () => {
    const message = problemsOf({
      environment: "dev",
      network: { subnet: "10.89.0.1/24" },
      proxy: { htpPort: 80, httpPort: 70000 },
      apps: [{ path: "../elsewhere", developerId: "0-1" }, { developerId: "02" }],
    });
    const lines = message.split("\n");
    expect(lines[0]).toMatch(/^the configuration has 6 problems; nothing was touched:$/);
    expect(lines).toHaveLength(7);
    for (const line of lines.slice(1)) expect(line).toMatch(/^ {2}berth:\S+ .+ \(Pulumi\.dev\.yaml\)$/);
    expect(message).toMatch(/berth:network\.subnet is no network/);
    expect(message).toMatch(/berth:proxy\.htpPort is not a known key: did you mean 'httpPort'\?/);
    expect(message).toMatch(/berth:proxy\.httpPort must be at most 65535/);
    expect(message).toMatch(/berth:apps\[0\]\.path must be a path inside the project/);
    expect(message).toMatch(/berth:apps\[0\]\.developerId must not contain a hyphen/);
    expect(message).toMatch(/berth:apps\[1\]\.path is missing: give a string/);
  });

  const dev: [string, Record<string, unknown>, RegExp][] = [
    ["no environment", { environment: undefined }, /environment must be dev or tst or pro/],
    ["an unknown environment", { environment: "prod" }, /environment must be dev or tst or pro/],
    ["no subnet", { network: undefined }, /network\.subnet is missing: give a string/],
    ["a public subnet", { network: { subnet: "8.8.8.0/24" } }, /network\.subnet is no private network/],
    ["a huge subnet", { network: { subnet: "10.0.0.0/8" } }, /network\.subnet has the wrong size/],
    ["an unknown key", { netwrok: {} }, /netwrok is not a known key: did you mean 'network'\?/],
    [
      "a far-off unknown key",
      { zzz: 1 },
      /zzz is not a known key: remove it, or use one of appSecrets, apps, /,
    ],
    ["a prefix in capitals", { namePrefix: "Berth" }, /namePrefix must be lower-case/],
    ["a prefix too long for names", { namePrefix: "b".repeat(25) }, /namePrefix must be at most 24/],
    ["a port 0", { proxy: { httpPort: 0 } }, /proxy\.httpPort must be at least 1/],
    ["a port with a fraction", { proxy: { httpPort: 80.5 } }, /proxy\.httpPort must be a whole number/],
    ["a port as text", { proxy: { httpPort: "8080" } }, /proxy\.httpPort must be a number/],
    ["a host name to bind to", { proxy: { bindAddress: "localhost" } }, /proxy\.bindAddress must be an IPv4/],
    ["a domain with a space", { proxy: { domain: "a b" } }, /proxy\.domain must be a lower-case domain/],
    ["too little memory", { postgres: { memoryMb: 1 } }, /postgres\.memoryMb must be at least 64/],
    ["an engine over ssh", { engine: { host: "ssh://host" } }, /engine\.host must be unix/],
    ["a relative socket", { engine: { socketPath: "docker.sock" } }, /engine\.socketPath must be an abs/],
    ["an unknown builder", { builder: "kaniko" }, /builder must be classic or buildkit/],
    ["an empty bundle path", { extraCaBundle: "" }, /extraCaBundle must be at least 1/],
    ["apps that are no list", { apps: {} }, /apps must be a list/],
    ["an app without a developer", { apps: [{ path: "a" }] }, /apps\[0\]\.developerId is missing/],
    ["a developer id as a number", { apps: [{ ...app, developerId: 1 }] }, /developerId .*put it in quotes/],
    ["a shared name as developer", { apps: [{ ...app, developerId: "proxy" }] }, /something shared/],
    [
      "an absolute app path",
      { apps: [{ ...app, path: "/srv/shop" }] },
      /apps\[0\]\.path must be a path inside/,
    ],
    [
      "a mount outside the app",
      { apps: [{ ...app, mounts: ["../x"] }] },
      /apps\[0\]\.mounts\[0\] must be a path/,
    ],
    ["reload as text", { apps: [{ ...app, reload: "yes" }] }, /apps\[0\]\.reload must be a boolean/],
    ["an empty image", { apps: [{ ...app, image: "" }] }, /apps\[0\]\.image must be at least 1/],
    [
      "a previous image in dev",
      { apps: [{ ...app, previousImage: "a" }] },
      /previousImage is not a known key/,
    ],
    ["an environment's name as developer", { apps: [{ ...app, developerId: "tst" }] }, /something shared/],
    ["another stack's host in dev", { host: { stack: "dev" } }, /host\.stack is not a known key/],
    ["service images in dev", { serviceImages: { redis: {} } }, /serviceImages\.redis is not a known key/],
    ["the registry on the proxy's port", { registry: { port: 8080 } }, /registry\.port is the proxy's/],
    ["the gateway on the registry's port", letIn({}, { port: 5443 }), /gateway\.port is the registry's port/],
    [
      "onboarding on the proxy's port",
      letIn({ onboarding: { port: 8080 } }),
      /identity\.onboarding\.port is the proxy's httpPort too/,
    ],
    [
      "identity services on the apps' network",
      letIn({ subnet: "10.89.0.0/28" }),
      /identity\.subnet overlaps network\.subnet 10\.89\.0\.0\/24/,
    ],
    ["an identity subnet that is none", letIn({ subnet: "10.89.0.1" }), /identity\.subnet is no network/],
    ["a host for developers with a port", letIn({ host: "a.example:1" }), /identity\.host must be a lower/],
    [
      "a developer's certificate for years",
      letIn({ onboarding: { clientValidityHours: 100_000 } }),
      /clientValidityHours must be at most/,
    ],
    ["TLS 1.1", letIn({}, { minimumTls: "1.1" }), /gateway\.minimumTls must be/],
    [
      "a port range backwards",
      letIn({}, { portRanges: { anna: { first: 2, last: 1 } } }),
      /portRanges\.anna must have first at most last/,
    ],
    ["a quota of no volumes", letIn({}, { quota: { volumes: 0 } }), /gateway\.quota\.volumes must be/],
    ["a capability as the kernel names it", letIn({}, { capabilities: ["cap_kill"] }), /without CAP_/],
    ["a registry host with a scheme", { registry: { host: "https://r" } }, /registry\.host must be a lower/],
    [
      "a registry address to bind by name",
      { registry: { bindAddress: "lan" } },
      /bindAddress must be an IPv4/,
    ],
    [
      "an external registry with a scheme",
      { registry: { external: { address: "https://r.example" } } },
      /registry\.external\.address must be host or host:port/,
    ],
    [
      "an account without its password",
      { registry: { external: { address: "r.example", username: "ci" } } },
      /registryPassword is missing .*config set --secret berth:registryPassword --stack dev/,
    ],
    ["a password without an account", { registryPassword: "x" }, /registryPassword belongs to an account/],
    [
      "a renewal window beyond a certificate's life",
      { certificates: { server: { validityHours: 24, earlyRenewalHours: 25 } } },
      /certificates\.server\.earlyRenewalHours must be at most validityHours/,
    ],
    [
      "a server certificate longer than browsers accept",
      { certificates: { server: { validityHours: 10_000 } } },
      /certificates\.server\.validityHours must be at most 9528/,
    ],
    [
      "a private key in the place of a request",
      { certificates: { clients: [{ developerId: "01", csrPem: "-----BEGIN PRIVATE KEY-----" }] } },
      /clients\[0\]\.csrPem must be a certificate request/,
    ],
    [
      "a client certificate of a year",
      { certificates: { clients: [{ developerId: "01", csrPem: csr, validityHours: 8760 }] } },
      /clients\[0\]\.validityHours must be at most 2160/,
    ],
  ];
  it.each(dev)("refuses %s", (_, change, message) => {
    expect(problemsOf({ ...smallest, ...change })).toMatch(message);
  });

  it("never repeats a value, which may be a secret in the wrong place", () => {
    const secret = "hunter2!hunter2";
    const everywhere = {
      environment: "dev",
      namePrefix: secret,
      network: { subnet: secret },
      engine: { host: secret, socketPath: secret },
      proxy: { domain: secret, bindAddress: secret, httpPort: secret },
      builder: secret,
      apps: [{ path: `/${secret}`, developerId: secret }, secret],
      certificates: { clients: [{ developerId: secret, csrPem: secret }] },
    };
    const message = problemsOf(everywhere);
    expect(message.split("\n").length).toBeGreaterThan(10);
    expect(message).not.toContain("hunter2");
    expect(problemsOf({ ...smallest, environment: secret })).not.toContain("hunter2");
  });

  it("is not fooled by YAML, which reads 01 as a number", () => {
    const apps = parse("- { path: examples/shop, developerId: 01 }") as unknown[];
    expect(problemsOf({ ...smallest, apps })).toMatch(
      /apps\[0\]\.developerId must be a string: put it in quotes/,
    );
  });
});

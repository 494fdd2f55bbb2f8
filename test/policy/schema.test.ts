import { parseConfig } from "../../config/load";
import { longestLifeHours } from "../../policy/rules";
import { parseManifest } from "../../spec/app-manifest";
import { builtConfig, digestOf, sampleConfig } from "../support/sample-stack";

const MANIFEST = "name: shop\nlanguage: typescript\nport: 3000\n";
const manifestProblems = (text: string): string =>
  messageOf(() => parseManifest(MANIFEST + text, "berth.yaml"));
const configProblems = (environment: "dev" | "tst" | "pro", changes: Record<string, unknown>): string => {
  const base = environment === "dev" ? sampleConfig : builtConfig(environment);
  return messageOf(() => parseConfig({ ...base, ...changes }, `Pulumi.${environment}.yaml`));
};

function messageOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    return (error as Error).message;
  }
  return "";
}

describe("what berth.yaml can say", () => {
  it.each([
    ["capabilities", "capabilities: [CHOWN]"],
    ["memory-limit", "limits: { memoryMb: 64 }"],
  ])("keeps %s: %s", (_, text) => {
    expect(manifestProblems(text)).toBe("");
  });

  it.each([
    ["capabilities", "capabilities: [SYS_ADMIN]", /capabilities\[0\] must be CHOWN or /],
    ["memory-limit", "limits: { memoryMb: 0 }", /limits\.memoryMb must be at least 16/],
    ["memory-limit", "limits: { memorySwap: -1 }", /memorySwap is not a known key/],
    ["host-paths", "live: { paths: [/etc] }", /must be inside the app's folder/],
    ["no-privileged", "privileged: true", /privileged is not a known key/],
    ["docker-socket", "mounts: [/var/run/docker.sock]", /mounts is not a known key/],
    ["host-paths", "volumes: [/:/host]", /volumes is not a known key/],
    ["explicit-network", "networkMode: bridge", /networkMode is not a known key/],
    ["host-namespaces", "pidMode: host", /pidMode is not a known key/],
    ["no-new-privileges", "securityOpts: [seccomp=unconfined]", /securityOpts is not a known key/],
    ["no-devices", "devices: [/dev/kvm]", /devices is not a known key/],
    ["published-ports", "ports: [80]", /ports is not a known key/],
    ["live-source", "sync: true", /sync must be a map of keys to values/],
    ["live-source", "sync: { pro: true }", /pro is not a known key/],
  ])("cannot break %s: %s", (_, text, says) => {
    expect(manifestProblems(text)).toMatch(says);
  });
});

describe("what a stack's config can say", () => {
  const app = { path: "examples/shop", image: digestOf("shop") };
  const devApp = { path: "examples/shop", developerId: "01" };
  const life = (kind: string, validityHours: number): Record<string, unknown> => ({
    certificates: { [kind]: { validityHours, earlyRenewalHours: 0 } },
  });
  const client = (validityHours: number): Record<string, unknown> => ({
    certificates: {
      clients: [{ developerId: "01", csrPem: "-----BEGIN CERTIFICATE REQUEST-----", validityHours }],
    },
  });

  it.each([
    ["live-source", "dev", { apps: [{ ...devApp, reload: true, mounts: ["src"] }] }],
    ["image-by-digest", "tst", { apps: [{ ...app, image: `sha256:${"a".repeat(64)}` }] }],
    ["image-by-digest", "pro", { apps: [app] }],
    ["network-subnet", "dev", { network: { subnet: "10.89.0.0/24" } }],
    ["certificate-life", "dev", life("root", longestLifeHours.root)],
    ["certificate-life", "dev", life("issuing", longestLifeHours.issuing)],
    ["certificate-life", "dev", life("server", longestLifeHours.server)],
    ["certificate-life", "dev", client(longestLifeHours.client)],
  ] as const)("keeps %s in %s: %j", (_, environment, changes) => {
    expect(configProblems(environment, changes)).toBe("");
  });

  it.each([
    ["live-source", "pro", { apps: [{ ...app, mounts: ["src"] }] }, /mounts is for dev only/],
    ["live-source", "tst", { apps: [{ ...app, reload: true }] }, /reload is for dev only/],
    ["live-source", "pro", { apps: [{ ...app, sync: true }] }, /sync is for dev only/],
    ["image-by-digest", "tst", { apps: [{ ...app, image: "shop:1" }] }, /not a tag/],
    [
      "image-by-digest",
      "pro",
      { apps: [{ ...app, image: `sha256:${"a".repeat(64)}` }] },
      /pro takes a digest/,
    ],
    ["no-builds", "pro", { apps: [{ path: "examples/shop" }] }, /apps\[0\]\.image is missing/],
    ["no-builds", "pro", { apps: [{ ...app, build: "." }] }, /build is not a known key/],
    ["host-paths", "dev", { apps: [{ ...devApp, mounts: ["/etc"] }] }, /must be a path inside the project/],
    ["host-paths", "dev", { postgres: { dataFolder: "/srv" } }, /dataFolder is not a known key/],
    ["no-privileged", "dev", { apps: [{ ...devApp, privileged: true }] }, /privileged is not a known key/],
    ["explicit-network", "dev", { proxy: { networkMode: "bridge" } }, /networkMode is not a known key/],
    ["host-namespaces", "dev", { proxy: { networkMode: "host" } }, /networkMode is not a known key/],
    ["memory-limit", "dev", { postgres: { memoryMb: 0 } }, /memoryMb must be at least/],
    ["published-ports", "dev", { postgres: { port: 5432 } }, /port is not a known key/],
    ["network-subnet", "dev", { network: {} }, /network\.subnet is missing/],
    [
      "network-subnet",
      "dev",
      { network: { subnet: "10.89.0.0/24", driver: "macvlan" } },
      /driver is not a known/,
    ],
    ["own-commands-only", "dev", { commands: ["docker run shop"] }, /commands is not a known key/],
    ["certificate-life", "dev", life("root", longestLifeHours.root + 1), /must be at most 175200/],
    ["certificate-life", "dev", life("issuing", longestLifeHours.issuing + 1), /must be at most 87600/],
    ["certificate-life", "dev", life("server", longestLifeHours.server + 1), /must be at most 9528/],
    ["certificate-life", "dev", client(longestLifeHours.client + 1), /must be at most 2160/],
  ] as const)("cannot break %s in %s: %j", (_, environment, changes, says) => {
    expect(configProblems(environment, changes)).toMatch(says);
  });
});

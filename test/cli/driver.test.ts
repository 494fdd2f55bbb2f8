import { createBody } from "../../cli/driver/create-body";
import { specHash, type HashedParts } from "../../cli/driver/spec-hash";
import { parseManifest } from "../../spec/app-manifest";
import { containerSpec } from "../../spec/container-spec";

const manifest = parseManifest(
  "name: shop\nlanguage: typescript\nport: 3000\ncapabilities: [CHOWN]\n",
  "berth.yaml",
);
const spec = containerSpec({
  scope: { prefix: "berth", environment: "dev" },
  proxyEnvironment: "dev",
  manifest,
  developerId: "01",
  live: { kind: "volume", volume: "berth-dev-01-shop-source", keep: ["node_modules"] },
});
const details = {
  imageId: `sha256:${"a".repeat(64)}`,
  network: "berth-dev-network",
  specHash: "hash",
  published: [],
};

describe("a create request", () => {
  it("names only labels that are a client's to set", () => {
    expect(Object.keys(createBody(spec, details).Labels ?? {}).sort()).toEqual([
      "berth.app",
      "berth.env",
      "berth.port",
      "org.berth.spec-hash",
    ]);
  });

  it("never fills the source's volume from the image, and fills what the image keeps", () => {
    expect(createBody(spec, details).HostConfig?.Mounts).toEqual([
      { Type: "volume", Source: "berth-dev-01-shop-source", Target: "/app", VolumeOptions: { NoCopy: true } },
      {
        Type: "volume",
        Target: "/app/node_modules",
        VolumeOptions: { Labels: { "org.berth.from-image": "true" } },
      },
    ]);
  });

  it("publishes what is asked for, and nothing otherwise", () => {
    expect(createBody(spec, details).HostConfig?.PortBindings).toEqual({});
    const published = [{ containerPort: 9229, hostPort: "" }];
    const body = createBody(spec, { ...details, published });
    expect(body.ExposedPorts).toEqual({ "9229/tcp": {} });
    expect(body.HostConfig?.PortBindings).toEqual({ "9229/tcp": [{ HostPort: "" }] });
  });
});

describe("a spec's hash", () => {
  const parts: HashedParts = {
    spec,
    network: "n",
    files: [{ path: "/a", content: "secret" }],
    published: [],
  };
  const hash = specHash("key", parts);

  it("is the same for the same, in whatever order it came together", () => {
    const turned = Object.fromEntries(Object.entries(spec).reverse()) as unknown as typeof spec;
    expect(specHash("key", { ...parts, spec: turned })).toBe(hash);
    const files = [{ path: "/b", content: "" }, ...parts.files];
    expect(specHash("key", { ...parts, files })).toBe(
      specHash("key", { ...parts, files: [...files].reverse() }),
    );
  });

  const changes: [string, Partial<HashedParts>][] = [
    ["the spec", { spec: { ...spec, memoryMb: 1 } }],
    ["the network", { network: "other" }],
    ["a secret's content", { files: [{ path: "/a", content: "other" }] }],
    ["a published port", { published: [{ containerPort: 1, hostPort: "" }] }],
  ];
  it.each(changes)("is another after a change of %s", (_, change) => {
    expect(specHash("key", { ...parts, ...change })).not.toBe(hash);
  });

  it("tells nothing about a secret to whoever does not have the key", () => {
    expect(specHash("another key", parts)).not.toBe(hash);
  });
});

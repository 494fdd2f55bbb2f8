import { parseConfig } from "../../config/load";
import { builtConfig, digestOf } from "../support/sample-stack";

type Environment = "tst" | "pro";
const image = digestOf("shop");
const id = `sha256:${"c".repeat(64)}`;

function problemsOf(environment: Environment, changes: Record<string, unknown>): string {
  try {
    parseConfig({ ...builtConfig(environment), ...changes }, `Pulumi.${environment}.yaml`);
  } catch (error) {
    return (error as Error).message;
  }
  return "";
}

const app = { path: "examples/shop", image };
const appWith = (changes: Record<string, unknown>) => ({ apps: [{ ...app, ...changes }] });
const services = (changes: Record<string, unknown>) => ({
  serviceImages: { postgres: { image }, redis: { image }, ...changes },
});
const ownHost = { host: {}, ...services({ proxy: { image }, "proxy-routes": { image } }) };

describe.each(["tst", "pro"] as const)("the config of %s", (environment) => {
  const right: [string, Record<string, unknown>][] = [
    ["apps and services by digest, on dev's host", {}],
    ["a previous digest to roll back to", appWith({ previousImage: digestOf("shop", "b") })],
    ["a proxy of its own on another host", ownHost],
    ["settings for a proxy of its own", { ...ownHost, proxy: { httpPort: 80, domain: "apps.example" } }],
    ["a registry that asks for no login", { registry: { external: { address: "registry.example:5000" } } }],
    [
      "a registry with a login",
      { registry: { external: { address: "berth.azurecr.io", username: "ci" } }, registryPassword: "x" },
    ],
  ];
  it.each(right)("takes %s", (_, changes) => {
    expect(problemsOf(environment, changes)).toBe("");
  });

  const wrong: [string, Record<string, unknown>, RegExp][] = [
    ["an app without an image", appWith({ image: undefined }), /apps\[0\]\.image is missing/],
    ["mounts", appWith({ mounts: ["src"] }), /apps\[0\].* mounts is for dev only/],
    ["reload", appWith({ reload: true }), /apps\[0\].* reload is for dev only/],
    ["reload, even switched off", appWith({ reload: false }), /apps\[0\].* reload is for dev only/],
    ["sync", appWith({ sync: true }), /apps\[0\].* sync is for dev only/],
    ["a developer", appWith({ developerId: "01" }), /apps\[0\]\.developerId is not a known key/],
    ["an image by tag", appWith({ image: "shop:1" }), /apps\[0\]\.image (tst|pro) takes .*not a tag/],
    [
      "an image by tag and digest of another length",
      appWith({ image: `${image}0` }),
      /image (tst|pro) takes/,
    ],
    ["a previous image by tag", appWith({ previousImage: "shop:1" }), /previousImage (tst|pro) takes/],
    [
      "a service by tag",
      services({ redis: { image: "redis:8" } }),
      /serviceImages\.redis\.image (tst|pro) takes/,
    ],
    [
      "no Postgres image",
      { serviceImages: { redis: { image } } },
      /serviceImages\.postgres is missing: run 'make promote APP=postgres TO=(tst|pro)'/,
    ],
    ["no service images", { serviceImages: undefined }, /serviceImages\.redis is missing: run 'make promote/],
    ["a service that is none", services({ mysql: { image } }), /serviceImages\.mysql is not a known key/],
    [
      "no proxy on a host of its own",
      { host: {} },
      /serviceImages\.proxy-routes is missing: run 'make promote/,
    ],
    ["a proxy's image on dev's host", services({ proxy: { image } }), /serviceImages\.proxy has no effect/],
    [
      "proxy settings on dev's host",
      { proxy: { httpPort: 80 } },
      /berth:proxy has no effect, since stack dev owns/,
    ],
    ["a CA on dev's host", { certificates: { server: {} } }, /berth:certificates has no effect/],
    ["a host stack other than dev", { host: { stack: "pro" } }, /host\.stack must be dev/],
    ["a registry of its own", { registry: { port: 5443 } }, /registry\.port is not a known key/],
    [
      "an account without password",
      { registry: { external: { address: "a", username: "b" } } },
      /registryPassword/,
    ],
  ];
  it.each(wrong)("refuses %s", (_, changes, message) => {
    expect(problemsOf(environment, changes)).toMatch(message);
  });
});

it("an image by its id alone runs in tst, where it was built, and not in pro", () => {
  expect(problemsOf("tst", appWith({ image: id }))).toBe("");
  expect(problemsOf("pro", appWith({ image: id }))).toMatch(/apps\[0\]\.image pro takes a digest/);
});

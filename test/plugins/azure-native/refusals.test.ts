import type { PlainProperties, PluginClient } from "../../support/plugin-client";
import { startEmulation, SUBSCRIPTION } from "./emulation";

const GROUP = "azure-native:containerinstance:ContainerGroup";
const ACCOUNT = "azure-native:storage:StorageAccount";
const RESOURCE_GROUP = "azure-native:resources:ResourceGroup";

let plugin: PluginClient;
beforeEach(async () => {
  plugin = await startEmulation();
});
afterEach(() => plugin.close());

const container = {
  name: "workspace",
  image: "workspace:1",
  resources: { requests: { cpu: 1, memoryInGB: 2 } },
  ports: [{ port: 8080 }],
};
const group = {
  ...{ containerGroupName: "atlas", resourceGroupName: "berth", location: "westeurope", osType: "Linux" },
  containers: [container],
};
const account = {
  ...{ accountName: "berthatlas", resourceGroupName: "berth", location: "westeurope", kind: "StorageV2" },
  sku: { name: "Standard_LRS" },
};
const inContainer = (more: object): object => ({ containers: [{ ...container, ...more }] });
const probe = (more: object): object => inContainer({ livenessProbe: more });

describe("the emulation refuses what Azure would", () => {
  it("and takes what it would take", async () => {
    expect((await plugin.check(GROUP, group)).failures).toEqual([]);
    expect((await plugin.check(ACCOUNT, account)).failures).toEqual([]);
  });

  it.each<[string, string, object]>([
    ["containerGroupName", "1 to 63 lower-case letters", { containerGroupName: "Atlas_1" }],
    ["containerGroupName", "is required", { containerGroupName: undefined }],
    ["osTyp", 'did you mean "osType"', { osTyp: "Linux" }],
    ["osType", "must be one of Linux", { osType: "Windows" }],
    ["zones", "is left out of this emulation", { zones: ["1"] }],
    ["containers[0].name", "1 to 63 lower-case letters", inContainer({ name: "Work Space" })],
    [
      "containers[0].securityContext",
      "has no property",
      inContainer({ securityContext: { privileged: true } }),
    ],
    ["containers[0].resources", "is required", inContainer({ resources: undefined })],
    ["containers", "at most 4 and 16", inContainer({ resources: { requests: { cpu: 5, memoryInGB: 2 } } })],
    [
      "containers[0].resources.requests",
      "in tenths",
      inContainer({ resources: { requests: { cpu: 1, memoryInGB: 1.55 } } }),
    ],
    [
      "containers[0].resources.limits",
      "between",
      inContainer({ resources: { ...container.resources, limits: { cpu: 2 } } }),
    ],
    ["containers", "must have different names", { containers: [container, { ...container, ports: [] }] }],
    [
      "containers",
      "no two may have the same port",
      { containers: [container, { ...container, name: "other" }] },
    ],
    [
      "containers[0].volumeMounts",
      "'data' is no volume of the group",
      inContainer({ volumeMounts: [{ name: "data", mountPath: "/data" }] }),
    ],
    [
      "containers[0].environmentVariables",
      "is no variable's name",
      inContainer({ environmentVariables: [{ name: "A-B", value: "" }] }),
    ],
    ["containers[0].livenessProbe", 'either "exec" or "httpGet"', probe({ periodSeconds: 5 })],
    ["containers[0].livenessProbe", "at least 1", probe({ exec: { command: ["true"] }, periodSeconds: 0 })],
    ["volumes[0]", "must have one of azureFile", { volumes: [{ name: "data" }] }],
    ["volumes[0].secret", "must have a file", { volumes: [{ name: "data", secret: {} }] }],
    [
      "volumes[0].secret.key",
      "must be in Base64",
      { volumes: [{ name: "data", secret: { key: "not base 64!" } }] },
    ],
    [
      "ipAddress.dnsNameLabel",
      "beginning with a letter",
      { ipAddress: { type: "Public", ports: [{ port: 8080 }], dnsNameLabel: "1-atlas" } },
    ],
    [
      "ipAddress.dnsNameLabel",
      "reserved word 'windows'",
      { ipAddress: { type: "Public", ports: [{ port: 8080 }], dnsNameLabel: "my-windows" } },
    ],
    [
      "ipAddress.ports",
      "22 is no port of a container",
      { ipAddress: { type: "Public", ports: [{ port: 22 }] } },
    ],
    [
      "ipAddress.ports",
      "must be 1 to 5",
      { ipAddress: { type: "Public", ports: Array.from({ length: 6 }, () => ({ port: 8080 })) } },
    ],
    [
      "imageRegistryCredentials",
      "an identity that the group has",
      { imageRegistryCredentials: [{ server: "a.azurecr.io", identity: "/id" }] },
    ],
    ["tags", "is no tag's name", { tags: { "a/b": "c" } }],
  ])("%s: %s", async (property, reason, change) => {
    const { failures } = await plugin.check(GROUP, { ...group, ...change });
    expect(failures).toContainEqual({ property, reason: expect.stringContaining(reason) as unknown });
  });

  it.each<[string, string, object]>([
    ["accountName", "3 to 24 lower-case letters and digits", { accountName: "Berth-Atlas" }],
    ["accountName", "reserved word 'xbox'", { accountName: "myxboxstore" }],
    ["kind", "must be one of", { kind: "StorageV9" }],
    ["encryption", "is left out of this emulation", { encryption: {} }],
  ])("a storage account: %s: %s", async (property, reason, change) => {
    const { failures } = await plugin.check(ACCOUNT, { ...account, ...change });
    expect(failures).toContainEqual({ property, reason: expect.stringContaining(reason) as unknown });
  });
});

describe("the emulation's records", () => {
  const resourceGroup = { resourceGroupName: "berth", location: "westeurope" };

  it("need what they lie in, are there once, and go with it", async () => {
    await expect(plugin.create(ACCOUNT, account)).rejects.toThrow("make it first");
    const parent = await plugin.create(RESOURCE_GROUP, resourceGroup);
    expect(parent.id).toBe(`/subscriptions/${SUBSCRIPTION}/resourceGroups/berth`);
    const made = await plugin.create(ACCOUNT, account);
    await expect(plugin.create(ACCOUNT, account)).rejects.toThrow("exists already");
    expect(await plugin.read(ACCOUNT, made.id, { ...made, inputs: account })).toMatchObject({
      inputs: account,
    });
    await plugin.delete(RESOURCE_GROUP, parent);
    expect(await plugin.read(ACCOUNT, made.id, { ...made, inputs: account })).toBeUndefined();
  });

  it("have keys that stay, and are secret", async () => {
    await plugin.create(RESOURCE_GROUP, resourceGroup);
    await plugin.create(ACCOUNT, account);
    const ask = (): Promise<{ result: PlainProperties }> =>
      plugin.invoke("azure-native:storage:listStorageAccountKeys", {
        accountName: "berthatlas",
        resourceGroupName: "berth",
      });
    const { result } = await ask();
    expect(result).toEqual((await ask()).result);
    expect(Object.keys(result)).toEqual(["keys"]);
    expect(JSON.stringify(result)).toContain("key1");
    await expect(
      plugin.invoke("azure-native:storage:listStorageAccountKeys", {
        accountName: "other",
        resourceGroupName: "berth",
      }),
    ).rejects.toThrow("there is no storage account 'other'");
  });

  it("say at every deployment that nothing is at Azure", () => {
    expect(plugin.lines).toContainEqual(
      expect.objectContaining({
        message: expect.stringContaining("This is an EMULATION: nothing reaches Azure") as unknown,
      }),
    );
  });
});

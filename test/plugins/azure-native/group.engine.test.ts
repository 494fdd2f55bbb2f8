// Contract tests of single steps: container groups of the emulation on the real engine, with a busybox in them.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { configure } from "../../../plugins/azure-native/cloud/cloud";
import { definition } from "../../../plugins/azure-native/definition";
import { Lab } from "../docker/support/lab";
import { startPlugin, type PlainProperties, type PluginClient } from "../../support/plugin-client";

const GROUP = "azure-native:containerinstance:ContainerGroup";
const lab = new Lab();
const home = mkdtempSync(join(tmpdir(), "btest-azure-"));
let plugin: PluginClient;
let image: string;
let storageKey: string;
const place = { resourceGroupName: lab.name("rg"), location: "westeurope" };
const account = { accountName: lab.prefix.replace("-", ""), resourceGroupName: place.resourceGroupName };
const registry = { ...place, registryName: `${account.accountName}reg`, sku: { name: "Basic" } };

beforeAll(async () => {
  plugin = await startPlugin({
    ...definition,
    configure: (config) => configure(config, { ...process.env, PULUMI_HOME: home }),
  });
  image = await lab.importImage();
  await plugin.create("azure-native:resources:ResourceGroup", place);
  await plugin.create("azure-native:storage:StorageAccount", {
    ...{ ...account, location: place.location, kind: "StorageV2", sku: { name: "Standard_LRS" } },
  });
  await plugin.create("azure-native:storage:FileShare", { ...account, shareName: "files" });
  await plugin.create("azure-native:containerregistry:Registry", registry);
  const { result } = await plugin.invoke("azure-native:storage:listStorageAccountKeys", account);
  storageKey = /"value":"([^"]+)"/.exec(JSON.stringify(result))?.[1] ?? "";
});
afterAll(async () => {
  await plugin.close();
  await lab.dispose();
  rmSync(home, { recursive: true });
});

const resources = { requests: { cpu: 0.5, memoryInGB: 0.5 } };
const container = (more: object = {}): object => ({
  ...{ name: "one", image, resources, command: ["sh", "-c", "trap 'exit 0' TERM; sleep 300 & wait"] },
  ...more,
});

const nameOf = ({ containerGroupName: name }: PlainProperties): string =>
  typeof name === "string" ? name : "";

let count = 0;
/** A group of its own for each test, with its inputs checked as the engine has them checked. */
function groupOf(containers: object[], more: object = {}): PlainProperties {
  count += 1;
  return {
    ...place,
    ...{ containerGroupName: lab.name(`group${count}`), osType: "Linux", restartPolicy: "Never", containers },
    ...more,
  } as PlainProperties;
}

const shareVolume = (key: string, shareName = "files"): object => ({
  volumes: [
    {
      name: "data",
      azureFile: { shareName, storageAccountName: account.accountName, storageAccountKey: key },
    },
  ],
});
const withData = (): object => container({ volumeMounts: [{ name: "data", mountPath: "/data" }] });
const exec = (inputs: PlainProperties, name: string, command: string): Promise<string> =>
  lab.exec(`${nameOf(inputs)}-${name}`, ["sh", "-c", command]);

describe("a container group of the emulation", () => {
  it("shares one network and its volumes among its containers", async () => {
    const mounts = { volumeMounts: [{ name: "both", mountPath: "/both" }] };
    const server = container({
      ...{ ...mounts, ports: [{ port: 8080 }], readinessProbe: { httpGet: { port: 8080, path: "/page" } } },
      command: ["sh", "-c", "trap 'exit 0' TERM; echo hello > /tmp/page; httpd -f -p 8080 -h /tmp & wait"],
    });
    const inputs = groupOf([server, container({ ...mounts, name: "two" })], {
      volumes: [{ name: "both", emptyDir: {} }],
    });
    const made = await plugin.create(GROUP, inputs);
    await exec(inputs, "one", "echo from-one > /both/note");
    expect(await exec(inputs, "two", "cat /both/note")).toBe("from-one");
    expect(
      await exec(inputs, "two", "ls /proc/net >/dev/null && grep -c :1F90 /proc/net/tcp6 /proc/net/tcp"),
    ).toMatch(/:[1-9]/);
    expect(JSON.stringify(made.state)).toContain('"state":"Running"');
    await plugin.delete(GROUP, made);
    expect(await lab.containerExists(`${nameOf(inputs)}-one`)).toBe(false);
  });

  it("is refused a share with another account's key, or one that is not there, and leaves nothing", async () => {
    const wrongKey = groupOf([withData()], shareVolume("bm8ga2V5"));
    await expect(plugin.create(GROUP, wrongKey)).rejects.toThrow("the key is not its own");
    const noShare = groupOf([withData()], shareVolume(storageKey, "others"));
    await expect(plugin.create(GROUP, noShare)).rejects.toThrow("has no such share: make it first");
    for (const inputs of [wrongKey, noShare])
      expect(await lab.containerExists(`${nameOf(inputs)}-group`)).toBe(false);
  });

  it("is refused an image that it may not pull, or that was not pushed", async () => {
    const server = `${registry.registryName}.azurecr.io`;
    const inputs = groupOf([container({ image: `${server}/not-pushed:1` })]);
    await expect(plugin.create(GROUP, inputs)).rejects.toThrow("refuses the group's identity");
    const identity = await plugin.create("azure-native:managedidentity:UserAssignedIdentity", {
      ...{ ...place, resourceName: "puller" },
    });
    await plugin.create("azure-native:authorization:RoleAssignment", {
      roleAssignmentName: "11111111-1111-4111-8111-111111111111",
      scope: (
        await plugin.create("azure-native:containerregistry:Registry", {
          ...registry,
          registryName: `${registry.registryName}2`,
        })
      ).id,
      principalId: identity.state.principalId ?? "",
      principalType: "ServicePrincipal",
      roleDefinitionId:
        "/subscriptions/s/providers/Microsoft.Authorization/roleDefinitions/7f951dda-4ed3-4680-a7ca-43fe172d538d",
    });
    const second = `${registry.registryName}2.azurecr.io`;
    const allowed = groupOf([container({ image: `${second}/not-pushed:1` })], {
      identity: { type: "UserAssigned", userAssignedIdentities: [identity.id] },
      imageRegistryCredentials: [{ server: second, identity: identity.id }],
    });
    await expect(plugin.create(GROUP, allowed)).rejects.toThrow("was not pushed");
  });

  it("that does not become ready says so with its log, and stays to be looked at", async () => {
    const readinessProbe = {
      exec: { command: ["test", "-e", "/ready"] },
      periodSeconds: 1,
      failureThreshold: 1,
    };
    const inputs = groupOf([
      container({ readinessProbe, command: ["sh", "-c", "echo waiting for a file; sleep 300"] }),
    ]);
    await expect(plugin.create(GROUP, inputs)).rejects.toThrow(
      /container one: 'test -e \/ready' ended with 1\nwaiting for a file/,
    );
    expect(await lab.containerExists(`${nameOf(inputs)}-one`)).toBe(true);
  });

  it("is changed in place, but in its size only when it is over", async () => {
    const inputs = groupOf([withData()], shareVolume(storageKey));
    const made = await plugin.create(GROUP, inputs);
    await exec(inputs, "one", "echo kept > /data/note");
    const larger = {
      ...inputs,
      containers: [{ ...withData(), resources: { requests: { cpu: 1, memoryInGB: 0.5 } } }],
    };
    const change = { id: made.id, state: made.state, oldInputs: inputs };
    await expect(plugin.update(GROUP, { ...change, inputs: larger })).rejects.toThrow(
      "delete it first and create a new one",
    );
    const renamed = {
      ...inputs,
      containers: [{ ...withData(), environmentVariables: [{ name: "A", value: "b" }] }],
    };
    await plugin.update(GROUP, { ...change, inputs: renamed });
    expect(await exec(inputs, "one", "echo $A; cat /data/note")).toBe("b\nkept");
  });

  it("whose containers somebody removed is gone after a refresh", async () => {
    const inputs = groupOf([container()]);
    const made = await plugin.create(GROUP, inputs);
    expect(await plugin.read(GROUP, made.id, { ...made, inputs })).toMatchObject({ id: made.id });
    await lab.docker.getContainer(`${nameOf(inputs)}-one`).remove({ force: true });
    await lab.docker.getContainer(`${nameOf(inputs)}-group`).remove({ force: true });
    expect(await plugin.read(GROUP, made.id, { ...made, inputs })).toBeUndefined();
  });

  it("that has another's DNS label is refused", async () => {
    const ipAddress = { type: "Public", ports: [{ port: 80 }], dnsNameLabel: "atlas-label" };
    await plugin.create(GROUP, groupOf([container({ ports: [{ port: 80 }] })], { ipAddress }));
    await expect(
      plugin.create(GROUP, groupOf([container({ ports: [{ port: 80 }] })], { ipAddress })),
    ).rejects.toThrow("the DNS name label 'atlas-label' is taken");
  });
});

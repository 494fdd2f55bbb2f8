// What the component declares, sent by Azure's own published clients: they know the API's fields, and drop or refuse any other.
import { ContainerInstanceManagementClient, type ContainerGroup } from "@azure/arm-containerinstance";
import { ContainerRegistryManagementClient, type Registry } from "@azure/arm-containerregistry";
import {
  StorageManagementClient,
  type FileShare,
  type StorageAccountCreateParameters,
} from "@azure/arm-storage";
import * as pulumi from "@pulumi/pulumi";
import type { MockedProgram } from "../support/pulumi-mocks";
import { recordingClient, withoutPropertiesLevel, type SentRequest } from "./cloud-workspace-requests";
import { declare, GROUP, startMocks, SUBSCRIPTION } from "./cloud-workspace-support";

const credential = {
  getToken: () => Promise.resolve({ token: "of a test", expiresOnTimestamp: Date.now() + 3_600_000 }),
};

let program: MockedProgram;
let sent: SentRequest[];
let options: { httpClient: ReturnType<typeof recordingClient> };
beforeEach(async () => {
  program = await startMocks();
  sent = [];
  options = { httpClient: recordingClient(sent) };
  declare({
    secureVariables: { TOKEN: pulumi.secret("t") },
    logs: { retentionDays: 30 },
    gpu: { count: 1, sku: "V100" },
  });
});

/** Declared inputs without those that are part of the address. */
async function declared<Model>(type: string, name?: string): Promise<Model & { group: string }> {
  const { inputs } = await program.only(type, name);
  const {
    resourceGroupName,
    accountName,
    shareName,
    registryName,
    containerGroupName,
    fileServicesName,
    ...body
  } = inputs;
  void [accountName, shareName, registryName, containerGroupName, fileServicesName];
  return { ...body, group: resourceGroupName } as Model & { group: string };
}

const onlyRequest = (): SentRequest => {
  expect(sent).toHaveLength(1);
  return sent[0]!;
};

describe("Azure's client for container groups", () => {
  const client = (): ContainerInstanceManagementClient =>
    new ContainerInstanceManagementClient(credential, SUBSCRIPTION, options);

  /** The API has the identities as a map; Pulumi's provider makes it from the list. */
  async function group(): Promise<ContainerGroup & { group: string }> {
    const inputs = await declared<ContainerGroup & { identity: { userAssignedIdentities: string[] } }>(GROUP);
    const identities = Object.fromEntries(inputs.identity.userAssignedIdentities.map((id) => [id, {}]));
    return { ...inputs, identity: { ...inputs.identity, userAssignedIdentities: identities } };
  }

  it("sends every field of the group, and nothing else", async () => {
    const { group: resourceGroup, ...model } = await group();
    await client().containerGroups.beginCreateOrUpdateAndWait(resourceGroup, "name", model);
    const { method, path, body } = onlyRequest();
    expect(method).toBe("PUT");
    expect(path).toBe(
      `/subscriptions/${SUBSCRIPTION}/resourceGroups/${resourceGroup}/providers/Microsoft.ContainerInstance/containerGroups/name`,
    );
    expect(withoutPropertiesLevel(body)).toEqual(model);
  });

  it("refuses a field of another type, and leaves out one that Azure does not have", async () => {
    const { group: resourceGroup, ...model } = await group();
    const send = (container: object): Promise<unknown> =>
      client().containerGroups.beginCreateOrUpdateAndWait(resourceGroup, "name", {
        ...model,
        containers: [{ ...model.containers[0], ...container } as never],
      });
    await expect(send({ ports: [{ port: "ssh" }] })).rejects.toThrow("must be of type number");
    expect(sent).toEqual([]);
    await send({ imagePullPolicy: "Always" });
    expect(JSON.stringify(onlyRequest().body)).not.toContain("imagePullPolicy");
  });
});

describe("Azure's client for storage", () => {
  const client = (): StorageManagementClient =>
    new StorageManagementClient(credential, SUBSCRIPTION, options);

  it("sends every field of the account, and nothing else", async () => {
    const { group, ...model } = await declared<StorageAccountCreateParameters>(
      "azure-native:storage:StorageAccount",
    );
    await client().storageAccounts.create(group, "account", model);
    expect(withoutPropertiesLevel(onlyRequest().body)).toEqual(asApi(model));
  });

  it.each(["work-share", "work-certificates"])("sends every field of the share %s", async (name) => {
    const { group, ...model } = await declared<FileShare>("azure-native:storage:FileShare", name);
    await client().fileShares.create(group, "account", "share", model);
    expect(withoutPropertiesLevel(onlyRequest().body)).toEqual(model);
  });

  it("sends how long a deleted share can be had back", async () => {
    const { group, ...model } = await declared<object>("azure-native:storage:FileServiceProperties");
    await client().fileServices.setServiceProperties(group, "account", model);
    expect(withoutPropertiesLevel(onlyRequest().body)).toEqual({
      shareDeleteRetentionPolicy: { enabled: true, days: 14 },
    });
  });

  /** On the wire the API calls it otherwise. */
  function asApi({ enableHttpsTrafficOnly, ...model }: StorageAccountCreateParameters): object {
    return { ...model, supportsHttpsTrafficOnly: enableHttpsTrafficOnly };
  }
});

describe("Azure's client for registries", () => {
  it("sends every field of the registry, and nothing else", async () => {
    const { group, ...model } = await declared<Registry>("azure-native:containerregistry:Registry");
    const client = new ContainerRegistryManagementClient(credential, SUBSCRIPTION, options);
    await client.registries.create(group, "registry", model);
    expect(withoutPropertiesLevel(onlyRequest().body)).toEqual(model);
  });
});

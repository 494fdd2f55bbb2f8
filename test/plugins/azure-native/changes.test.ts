// What a change of each input means. Sources: schema = the official schema (parts of the id; x-ms-mutability of Azure's API), forceNew =
// pulumi-azure-native, provider/pkg/gen/replacement.go. Everything else is updated in place, a container group's size too: that Azure
// refuses it is for the component's replaceOnChanges.
import { definition } from "../../../plugins/azure-native/definition";
import type { PluginClient } from "../../support/plugin-client";
import { startEmulation } from "./emulation";

const REPLACES: Record<string, Record<string, "schema" | "forceNew">> = {
  "azure-native:authorization:RoleAssignment": {
    ...{ roleAssignmentName: "schema", scope: "schema", principalId: "forceNew" },
  },
  "azure-native:containerinstance:ContainerGroup": {
    containerGroupName: "schema",
    resourceGroupName: "schema",
  },
  "azure-native:containerregistry:Registry": {
    ...{ registryName: "schema", resourceGroupName: "schema", location: "schema" },
  },
  "azure-native:managedidentity:UserAssignedIdentity": {
    ...{ resourceName: "schema", resourceGroupName: "schema", location: "schema" },
  },
  "azure-native:operationalinsights:Workspace": {
    ...{ workspaceName: "schema", resourceGroupName: "schema", location: "schema" },
  },
  "azure-native:resources:ResourceGroup": { resourceGroupName: "schema", location: "forceNew" },
  "azure-native:storage:FileServiceProperties": {
    ...{ accountName: "schema", resourceGroupName: "schema", fileServicesName: "schema" },
  },
  "azure-native:storage:FileShare": {
    ...{
      accountName: "schema",
      resourceGroupName: "schema",
      shareName: "schema",
      enabledProtocols: "schema",
    },
  },
  "azure-native:storage:StorageAccount": {
    ...{ accountName: "schema", resourceGroupName: "schema", location: "forceNew", isHnsEnabled: "forceNew" },
  },
};

let plugin: PluginClient;
beforeAll(async () => {
  plugin = await startEmulation();
});
afterAll(() => plugin.close());

test("every resource has its row", () => {
  expect(Object.keys(REPLACES).sort()).toEqual(Object.keys(definition.resources).sort());
});

describe.each(Object.entries(definition.resources))("a change of %s", (type, { properties }) => {
  test.each(Object.entries(properties).filter(([, { type: kind }]) => kind !== "any"))(
    "in %s means what the official plugin makes of it",
    async (property, { type: kind }) => {
      const [from, to] = values(kind);
      const change = { oldInputs: { [property]: from }, inputs: { [property]: to } } as never;
      const answer = await plugin.diff(type, change);
      expect(answer.changed).toBe(true);
      expect(answer.replaces).toEqual(property in (REPLACES[type] ?? {}) ? [property] : []);
    },
  );
});

function values(kind: string): [unknown, unknown] {
  if (kind === "boolean") return [false, true];
  if (kind === "integer" || kind === "number") return [1, 2];
  if (kind === "list") return [[], [{ name: "a" }]];
  return kind === "string" ? ["a", "b"] : [{}, { name: "a" }];
}

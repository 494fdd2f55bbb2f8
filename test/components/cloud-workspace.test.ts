import * as pulumi from "@pulumi/pulumi";
import type { ContainerGroupArgs } from "@pulumi/azure-native/containerinstance";
import { imageReference } from "../../components/azure/registry";
import type { CloudWorkspaceArgs } from "../../components/azure/cloud-workspace-args";
import { judgeResource } from "../../policy/rules";
import { STOPPED_MARKER } from "../../spec/workspace/in-container";
import { workspaceSpec } from "../../spec/workspace/workspace-spec";
import { valueOf, type MockedProgram } from "../support/pulumi-mocks";
import {
  declare,
  GROUP,
  LOG_KEY,
  PASSWORD,
  sampleArgs,
  sampleSpec,
  startMocks,
  STORAGE_KEY,
  SUBSCRIPTION,
} from "./cloud-workspace-support";

let program: MockedProgram;
beforeEach(async () => {
  program = await startMocks();
});

type Group = pulumi.Unwrap<ContainerGroupArgs>;

async function group(options: Partial<CloudWorkspaceArgs> = {}): Promise<Group> {
  declare(options);
  return (await program.only(GROUP)).inputs as unknown as Group;
}

describe("a workspace on Azure", () => {
  it("has a group, a share that outlives it, a registry and an identity that may pull from it", async () => {
    declare();
    const types = (await program.resources()).map(({ type }) => type).sort();
    expect(types).toEqual([
      "azure-native:authorization:RoleAssignment",
      GROUP,
      "azure-native:containerregistry:Registry",
      "azure-native:managedidentity:UserAssignedIdentity",
      "azure-native:resources:ResourceGroup",
      "azure-native:storage:FileServiceProperties",
      "azure-native:storage:FileShare",
      "azure-native:storage:FileShare",
      "azure-native:storage:StorageAccount",
      "berth:cloud:CloudWorkspace",
    ]);
    expect((await program.only("azure-native:authorization:RoleAssignment")).inputs).toMatchObject({
      principalId: "principal",
      principalType: "ServicePrincipal",
      scope: "work-registry-id",
      roleDefinitionId: `/subscriptions/${SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/7f951dda-4ed3-4680-a7ca-43fe172d538d`,
    });
  });

  it("tells where it is", async () => {
    const workspace = declare();
    const host = /^https:\/\/(atlas-01-[a-z0-9]{13}\.westeurope\.azurecontainer\.io)\/$/.exec(
      await valueOf(workspace.url),
    )?.[1];
    expect(host).toBeDefined();
    expect(await valueOf(workspace.sshCommand)).toBe(`ssh -p 2222 dev@${host}`);
    expect(await valueOf(workspace.resourceIds)).toEqual({
      containerGroup: "work-group-id",
      identity: "work-identity-id",
      registry: "work-registry-id",
      resourceGroup: "work-resource-group-id",
      share: "work-share-id",
      storageAccount: "work-storage-id",
    });
  });

  it("stopped, has everything but its container group", async () => {
    const workspace = declare({ running: false });
    expect((await program.resources()).filter(({ type }) => type === GROUP)).toEqual([]);
    expect(await valueOf(workspace.url)).toMatch(/^https:\/\/atlas-01-/);
    expect(await valueOf(workspace.resourceIds)).not.toHaveProperty("containerGroup");
  });

  it("ends with exit code 0 and stays so, is restarted after a failure, and is seen to be well", async () => {
    const { restartPolicy, containers } = await group();
    expect(restartPolicy).toBe("OnFailure");
    expect(containers[0]).toMatchObject({
      livenessProbe: { exec: { command: ["berth-workspace", "health"] } },
      readinessProbe: { exec: { command: ["berth-workspace", "health"] } },
    });
    expect(containers[1]?.command?.[2]).toContain(`while [ ! -e ${STOPPED_MARKER} ]`);
    expect(
      containers.map(({ volumeMounts }) =>
        volumeMounts?.some(({ mountPath }) => mountPath === "/run/berth/shared"),
      ),
    ).toEqual([true, true]);
  });

  it("publishes TLS and ssh, and its editor to the sidecar alone", async () => {
    const { ipAddress, containers, volumes } = await group();
    expect(ipAddress?.ports.map(({ port }) => port)).toEqual([443, 80, 2222]);
    expect(containers[1]).toMatchObject({ name: "tls", image: expect.stringMatching(/caddy:\d/) as unknown });
    const file = volumes?.find(({ name }) => name === "caddy")?.secret?.Caddyfile ?? "";
    const text = Buffer.from(file, "base64").toString();
    expect(text).toMatch(/^atlas-01-[a-z0-9]{13}\.westeurope\.azurecontainer\.io \{$/m);
    expect(text).toContain("reverse_proxy 127.0.0.1:8080");
    expect(text).toContain("email ops@example.com");
    expect(volumes?.find(({ name }) => name === "certificates")?.azureFile).toMatchObject({
      shareName: "certificates",
    });
  });

  it("without TLS publishes its editor as it is", async () => {
    const workspace = declare({ tls: false });
    const { ipAddress, containers } = (await program.only(GROUP)).inputs as unknown as Group;
    expect(ipAddress?.ports.map(({ port }) => port)).toEqual([8080, 2222]);
    expect(containers).toHaveLength(1);
    expect(await valueOf(workspace.url)).toMatch(/^http:\/\/.*:8080\/$/);
  });

  it("gets the image from its own registry, by its identity", async () => {
    const { containers, imageRegistryCredentials, identity } = await group();
    expect(containers[0]?.image).toMatch(/^berthatlas[a-z0-9]{13}\.azurecr\.io\/workspace:1$/);
    expect(imageRegistryCredentials).toEqual([
      { server: expect.stringMatching(/\.azurecr\.io$/) as unknown, identity: "work-identity-id" },
    ]);
    expect(identity).toEqual({ type: "UserAssigned", userAssignedIdentities: ["work-identity-id"] });
  });

  it("or from a team's, which it does not make", async () => {
    const { containers } = await group({ registry: { id: "team-id", loginServer: "team.azurecr.io" } });
    expect(containers[0]?.image).toBe("team.azurecr.io/workspace:1");
    expect((await program.resources()).map(({ type }) => type)).not.toContain(
      "azure-native:containerregistry:Registry",
    );
  });

  it.each([
    ["workspace:1", "own.azurecr.io/workspace:1"],
    ["team/workspace@sha256:abc", "own.azurecr.io/team/workspace@sha256:abc"],
    ["ghcr.io/team/workspace:1", "ghcr.io/team/workspace:1"],
    ["localhost/workspace", "localhost/workspace"],
    ["host:5000/workspace", "host:5000/workspace"],
  ])("takes %s as %s", (image, reference) => {
    expect(imageReference(image, "own.azurecr.io")).toBe(reference);
  });

  it("shows whom it costs on everything that can be billed", async () => {
    declare({ logs: { retentionDays: 30 }, environment: "tst" });
    const tagged = (await program.resources()).filter(({ inputs }) => inputs.tags !== undefined);
    expect(tagged.map(({ type }) => type.split(":")[2]).sort()).toEqual([
      ...[
        "ContainerGroup",
        "Registry",
        "ResourceGroup",
        "StorageAccount",
        "UserAssignedIdentity",
        "Workspace",
      ],
    ]);
    for (const { inputs } of tagged)
      expect(inputs.tags).toMatchObject({
        "berth-owner": "01",
        "berth-workspace": "atlas",
        "berth-environment": "tst",
      });
  });

  it("has a GPU and logs by choice", async () => {
    const { containers, diagnostics } = await group({
      gpu: { count: 1, sku: "V100" },
      logs: { retentionDays: 30 },
    });
    expect(containers[0]?.resources?.requests.gpu).toEqual({ count: 1, sku: "V100" });
    expect(diagnostics?.logAnalytics).toMatchObject({ workspaceId: "customer", workspaceKey: LOG_KEY });
  });
});

describe("the policy", () => {
  it("has nothing against a workspace on Azure", async () => {
    declare({ logs: { retentionDays: 30 } });
    const findings = (await program.resources()).flatMap(({ type, inputs }) =>
      judgeResource(type, inputs, "dev"),
    );
    expect(findings).toEqual([]);
  });
});

describe("secrets of a workspace on Azure", () => {
  it("are files on a secret volume, and never plain anywhere", async () => {
    const { volumes, containers } = await group({
      secureVariables: { TOKEN: pulumi.secret("token-in-a-variable") },
      logs: { retentionDays: 30 },
    });
    expect(volumes?.find(({ name }) => name === "secrets")?.secret).toEqual({
      "editor-password": Buffer.from(PASSWORD).toString("base64"),
    });
    expect(containers[0]?.environmentVariables).toEqual([
      { name: "BERTH_WORKSPACE", value: JSON.stringify(sampleSpec) },
      { name: "TOKEN", secureValue: "token-in-a-variable" },
    ]);
    expect(containers[0]?.volumeMounts).toContainEqual({
      name: "secrets",
      mountPath: "/run/secrets/berth",
      readOnly: true,
    });
    const plain = await program.plainText();
    for (const secret of [PASSWORD, STORAGE_KEY, LOG_KEY, "token-in-a-variable"])
      for (const form of [secret, Buffer.from(secret).toString("base64")]) expect(plain).not.toContain(form);
  });
});

describe("what cannot be on Azure is refused before anything is declared", () => {
  const spec = (more: object): Partial<CloudWorkspaceArgs> => ({
    spec: workspaceSpec.parse({ name: "atlas", ...more }),
  });
  it.each<[string, Partial<CloudWorkspaceArgs>]>([
    [
      "its spec names the secret git-github-token, which has no value",
      spec({ secrets: ["git-github-token"] }),
    ],
    ["nobody could open its editor: give the secret editor-password", { ...spec({}), secrets: {} }],
    ["editor.auth is proxy, and no proxy on Azure asks who it is", spec({ editor: { auth: "proxy" } })],
    ["the secret 'a/b' cannot be a file", { secrets: { "editor-password": "x", "a/b": "x" } }],
    ["'A-B' is no variable's name", { secureVariables: { "A-B": "x" } }],
    ["'west/europe' is no region of Azure", { location: "west/europe" }],
    ["tls.email 'nobody' is no address", { tls: { email: "nobody" } }],
    [
      "tls.acmeDirectory 'http://ca' must begin with https://",
      { tls: { email: "a@b.example", acmeDirectory: "http://ca" } },
    ],
    ["logs.retentionDays is 7: give 30 to 730", { logs: { retentionDays: 7 } }],
    ["data.softDeleteDays is 0: give 1 to 365", { data: { softDeleteDays: 0 } }],
    [
      "its spec has more than 100000 characters",
      spec({ tools: { mcpServers: { wide: { command: "x".repeat(100_001) } } } }),
    ],
    ["gives at most 4 cores and 16 GB", spec({ size: { cpus: 8, memoryMb: 2048, diskGb: 10 } })],
  ])("%s", async (message, options) => {
    expect(() => declare(options)).toThrow(message);
    expect(await program.resources()).toEqual([]);
    expect(sampleArgs().name).toBe("atlas");
  });
});

import fc from "fast-check";
import { azureHostName, azureNames, type AzureNames } from "../../components/azure/names";
import { nameProblem, publicNameProblem, RESERVED_WORDS } from "../../plugins/azure-native/cloud/name-rules";

const anything = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string(),
  fc.constantFrom(
    "",
    "-",
    "windows",
    "mixboxcrosoft",
    "Login",
    "ÄÖÜ",
    "9",
    "a".repeat(300),
    "--a--",
    "..",
    "日本語",
  ),
);
const identity = fc.record({
  prefix: anything,
  environment: anything,
  owner: anything,
  name: anything,
  subscriptionId: anything,
});

const sample = {
  prefix: "berth",
  environment: "dev",
  owner: "01",
  name: "atlas",
  subscriptionId: "a2f5c9f0-0000-4000-8000-000000000001",
};

/** By what Azure's rules say of each kind; the rules are those of the emulation, which knows nothing of how names are made. */
function problems(names: AzureNames): (string | undefined)[] {
  return [
    nameProblem("resourceGroup", names.resourceGroup),
    publicNameProblem("storageAccount", names.storageAccount),
    publicNameProblem("registry", names.registry),
    nameProblem("identity", names.identity),
    nameProblem("roleAssignment", names.roleAssignment),
    nameProblem("containerGroup", names.containerGroup),
    publicNameProblem("dnsLabel", names.dnsLabel),
    nameProblem("logWorkspace", names.logWorkspace),
  ].filter((problem) => problem !== undefined);
}

describe("the names of a workspace's resources", () => {
  it("keep Azure's rules, whatever a workspace, its owner and its prefix are called", () => {
    fc.assert(
      fc.property(identity, (any) => {
        expect(problems(azureNames(any))).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it("are different for different workspaces, and the same for the same", () => {
    fc.assert(
      fc.property(identity, identity, (one, other) => {
        const [first, second] = [azureNames(one), azureNames(other)];
        const isSame = JSON.stringify(one) === JSON.stringify(other);
        for (const key of Object.keys(first) as (keyof AzureNames)[])
          expect(first[key] === second[key]).toBe(isSame);
      }),
    );
  });

  it("tell apart what would be spelt alike", () => {
    const one = azureNames({ ...sample, owner: "a-b", name: "c" });
    const other = azureNames({ ...sample, owner: "a", name: "b-c" });
    expect(one.containerGroup).not.toBe(other.containerGroup);
    expect(azureNames({ ...sample, subscriptionId: "other" }).storageAccount).not.toBe(
      azureNames(sample).storageAccount,
    );
  });

  it("can be read", () => {
    expect(azureNames(sample)).toMatchObject({
      resourceGroup: expect.stringMatching(/^berth-dev-01-atlas-[a-z0-9]{13}$/) as unknown,
      storageAccount: expect.stringMatching(/^berthatlas[a-z0-9]{13}$/) as unknown,
      dnsLabel: expect.stringMatching(/^atlas-01-[a-z0-9]{13}$/) as unknown,
    });
  });

  it("hold no word that Azure reserves", () => {
    const { dnsLabel, storageAccount } = azureNames({
      ...sample,
      prefix: "",
      name: "login-windows-xbox-microsoft-shop",
    });
    expect(dnsLabel).toMatch(/^shop-01-/);
    expect(storageAccount).not.toMatch(RESERVED_WORDS);
  });

  it("make a host name with the region's short name", () => {
    expect(azureHostName("atlas-01-x", "West Europe")).toBe("atlas-01-x.westeurope.azurecontainer.io");
  });
});

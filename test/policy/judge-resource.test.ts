import { UNKNOWN, concerns, environmentOfUrn, judgeResource, resourceRules } from "../../policy/rules";
import { CONTAINER, containerCases, goodContainer, otherCases } from "./resource-cases";

const cases = [...containerCases, ...otherCases];

describe("each rule, by the inputs of a resource", () => {
  it.each(cases.map((one) => [one.rule, one.what, one] as const))(
    "%s: %s is refused, and what keeps the rule passes",
    (rule, _, { type, environment, broken, kept, keptIn, says }) => {
      const [finding, ...more] = judgeResource(type, broken, environment, rule);
      expect(more).toEqual([]);
      expect(finding).toMatchObject({
        rule,
        kind: "refused",
        message: expect.stringMatching(says) as unknown,
      });
      expect(judgeResource(type, kept, keptIn ?? environment)).toEqual([]);
    },
  );

  it("has such a case, but for the types that no rule knows", () => {
    const covered = new Set(cases.map(({ rule }) => rule));
    expect(resourceRules.map(({ name }) => name).filter((name) => !covered.has(name))).toEqual([
      "known-types-only",
    ]);
  });

  it("has one name and one sentence", () => {
    const names = resourceRules.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { description } of resourceRules) expect(description).toMatch(/^[A-Za-z].*\.$/);
  });
});

describe("types of resources", () => {
  it.each([
    "azure-native:compute:VirtualMachine",
    "docker:index/service:Service",
    "docker:index/plugin:Plugin",
    "docker-build:index:Image",
    "command:remote:Command",
    "command:remote:CopyToRemote",
    "pulumi-nodejs:dynamic:Resource",
  ])("%s is refused, since no rule can judge it", (type) => {
    expect(judgeResource(type, {}, "dev")).toMatchObject([{ rule: "known-types-only", kind: "refused" }]);
  });

  it.each([
    "berth:app:AppContainer",
    "pulumi:pulumi:Stack",
    "pulumi:providers:docker",
    "tls:index/privateKey:PrivateKey",
  ])("%s passes", (type) => {
    expect(judgeResource(type, {}, "pro")).toEqual([]);
  });

  it("are asked only what concerns them", () => {
    expect(concerns("no-privileged", CONTAINER)).toBe(true);
    expect(concerns("no-privileged", "docker:index/network:Network")).toBe(false);
    expect(concerns("known-types-only", "docker:index/network:Network")).toBe(true);
  });
});

describe("a value that is not known yet", () => {
  const unknownKeys = [
    "privileged",
    "networkMode",
    "memory",
    "securityOpts",
    "capabilities",
    "labels",
    "mounts",
  ];
  it.each(unknownKeys)("of %s is neither passed nor refused, but named for later", (key) => {
    const inputs = { ...goodContainer, ports: [{ internal: 80 }], [key]: UNKNOWN };
    const findings = judgeResource(CONTAINER, inputs, "tst").filter(({ kind }) => kind === "later");
    expect(findings.length).toBeGreaterThan(0);
    for (const finding of findings)
      expect(finding).toMatchObject({ property: expect.stringContaining(key) as unknown });
  });

  it("hides nothing that stands beside it", () => {
    const mounts = [
      { type: "bind", source: UNKNOWN, target: "/a", readOnly: true },
      { type: "bind", source: "/var/run/docker.sock", target: "/b", readOnly: true },
    ];
    const findings = judgeResource(CONTAINER, { ...goodContainer, mounts }, "dev");
    expect(findings).toMatchObject([
      { rule: "docker-socket", kind: "refused" },
      { rule: "host-paths", kind: "later", property: "mounts[0].source" },
    ]);
  });

  it("is not asked for where any value would do", () => {
    expect(judgeResource(CONTAINER, { ...goodContainer, image: UNKNOWN, envs: UNKNOWN }, "dev")).toEqual([]);
  });
});

describe("the environment of a resource", () => {
  it.each([
    ["urn:pulumi:dev::berth::docker:index/container:Container::one", "dev"],
    ["urn:pulumi:tst::berth::docker:index/container:Container::dev", "tst"],
    ["urn:pulumi:pro::berth::docker:index/container:Container::one", "pro"],
    ["urn:pulumi:development::berth::docker:index/container:Container::one", "pro"],
    ["urn:pulumi:local-01-mine::berth-workspaces::docker:index/container:Container::one", "dev"],
    ["urn:pulumi:pro::berth-workspaces-of-others::docker:index/container:Container::one", "pro"],
    ["not a URN", "pro"],
  ])("%s is %s", (urn, environment) => {
    expect(environmentOfUrn(urn)).toBe(environment);
  });
});

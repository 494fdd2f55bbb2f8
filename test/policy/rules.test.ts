import { environments, imageProblems, liveSourceProblems, type LiveSource } from "../../policy/rules";

const digest = "a".repeat(64);
const live: [string, LiveSource][] = [
  ["mounts", { mounts: ["src"] }],
  ["reload", { reload: true }],
  ["sync", { sync: true }],
];

describe("live source", () => {
  it.each(live)("%s is allowed in dev", (_, asked) => {
    expect(liveSourceProblems("dev", asked)).toEqual([]);
  });

  it.each(["tst", "pro"] as const)(
    "is refused in %s, one sentence for each kind that names it and the fix",
    (environment) => {
      for (const [kind, asked] of live) {
        const [problem, ...more] = liveSourceProblems(environment, asked);
        expect(more).toEqual([]);
        expect(problem).toMatch(new RegExp(`^${kind} .*dev only.*${environment}.*remove it`));
      }
      expect(liveSourceProblems(environment, { mounts: ["src"], reload: true, sync: true })).toHaveLength(3);
    },
  );

  it.each(environments)("is not seen in %s where nothing was asked", (environment) => {
    expect(liveSourceProblems(environment, {})).toEqual([]);
    expect(liveSourceProblems(environment, { mounts: [], reload: false, sync: false })).toEqual([]);
  });
});

describe("the image", () => {
  const images = {
    none: undefined,
    tag: "shop:1.2",
    "tag of a registry with a port": "registry.example:5000/shop:1.2",
    id: `sha256:${digest}`,
    digest: `registry.example:5000/shop@sha256:${digest}`,
    "short digest": "shop@sha256:abc",
  };
  const allowed: Record<string, (keyof typeof images)[]> = {
    dev: Object.keys(images) as (keyof typeof images)[],
    tst: ["id", "digest"],
    pro: ["digest"],
  };

  it.each(
    environments.flatMap((environment) =>
      (Object.keys(images) as (keyof typeof images)[]).map((kind) => ({
        environment,
        kind,
        verdict: allowed[environment]?.includes(kind) ? "allowed" : "refused",
      })),
    ),
  )("in $environment: $kind is $verdict", ({ environment, kind, verdict }) => {
    expect(imageProblems(environment, images[kind])).toHaveLength(verdict === "allowed" ? 0 : 1);
  });

  it("a refusal says what to write instead", () => {
    expect(imageProblems("pro", "shop:1.2")[0]).toMatch(/digest \(registry\/name@sha256:…\)/);
    expect(imageProblems("tst", undefined)[0]).toMatch(/digest/);
  });
});

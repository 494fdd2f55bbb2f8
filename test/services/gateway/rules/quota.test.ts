import { createRules } from "../../../../services/gateway/rules";
import {
  allowed,
  ask,
  caller,
  EngineModel,
  labelsOf,
  refused,
  ruleSettings,
  sampleEngine,
} from "./engine-model";

const image = { Image: "debian:trixie" };

describe("quotas", () => {
  it("hold for concurrent creates: what is reserved counts until the engine lists it", async () => {
    const rules = createRules(ruleSettings);
    const engine = sampleEngine();
    const asked = Array.from({ length: 10 }, (_, index) =>
      ask("POST", `/containers/create?name=c${index}`, { rules, engine, body: image }),
    );
    const decisions = await Promise.all(asked);
    // One exists already, and four are allowed.
    expect(decisions.filter(({ kind }) => kind === "allow")).toHaveLength(3);
    expect(decisions.find(({ kind }) => kind === "refusal")).toMatchObject({ reason: "quota", status: 403 });
  });

  it("do not count a container twice while it is reserved and listed", async () => {
    const rules = createRules(ruleSettings);
    const engine = sampleEngine();
    for (const name of ["a", "b", "c"]) {
      await allowed("POST", `/containers/create?name=${name}`, { rules, engine, body: image });
      engine.container(`berth-dev-01-${name}`, labelsOf("01"));
    }
    expect(
      (await refused("POST", "/containers/create?name=d", { rules, engine, body: image })).message,
    ).toContain("4 containers");
  });

  it("are given back when the engine has answered", async () => {
    const rules = createRules(ruleSettings);
    for (let index = 0; index < 10; index += 1) {
      const { release } = await allowed("POST", `/containers/create?name=c${index}`, { rules, body: image });
      release?.();
    }
  });

  it("are each developer's own", async () => {
    const rules = createRules(ruleSettings);
    for (const developer of ["01", "02"]) {
      for (const name of ["a", "b", "c"])
        await allowed("POST", `/containers/create?name=${name}`, {
          rules,
          body: image,
          as: caller(developer),
        });
    }
  });

  it.each([
    ["memory", { Memory: 1700 * 1024 * 1024 }, "2048 MiB of memory"],
    ["CPUs", { NanoCpus: 3.5e9 }, "4 CPUs"],
  ])("count %s over all containers, stopped ones included", async (_, HostConfig, message) => {
    expect(
      (await refused("POST", "/containers/create", { body: { ...image, HostConfig } })).message,
    ).toContain(message);
  });

  it("count volumes that come into being with a container, those without a name too", async () => {
    const mounts = (count: number): object => ({
      Binds: Array.from({ length: count }, (_, index) => `v${index}:/v${index}`),
    });
    await allowed("POST", "/containers/create", { body: { ...image, HostConfig: mounts(2) } });
    const refusal = await refused("POST", "/containers/create", {
      body: { ...image, HostConfig: mounts(2), Volumes: { "/w": {} } },
    });
    expect(refusal.message).toContain("3 volumes");
  });

  it("hold for networks, volumes and updates", async () => {
    const engine = sampleEngine();
    engine.network("berth-dev-01-second", labelsOf("01"));
    expect(await refused("POST", "/networks/create", { engine, body: { Name: "third" } })).toMatchObject({
      reason: "quota",
    });
    for (const name of ["two", "three"]) engine.volume(`berth-dev-01-${name}`, labelsOf("01"));
    expect(await refused("POST", "/volumes/create", { engine, body: { Name: "four" } })).toMatchObject({
      reason: "quota",
    });
    expect(await ask("POST", "/volumes/create", { engine, body: { Name: "two" } })).toMatchObject({
      kind: "allow",
    });
    expect(
      await ask("POST", "/containers/web/update", { engine, body: { Memory: 2048 * 1024 * 1024 } }),
    ).toMatchObject({ kind: "allow" });
    expect(
      await refused("POST", "/containers/web/update", { engine, body: { Memory: 2049 * 1024 * 1024 } }),
    ).toMatchObject({ status: 403 });
  });

  it("are not taken as kept where the engine cannot say", async () => {
    const engine = new EngineModel();
    engine.image("debian:trixie");
    const get = engine.get.bind(engine);
    engine.get = (target) =>
      target.startsWith("/containers/json") ? Promise.resolve({ status: 500, body: {} }) : get(target);
    await expect(ask("POST", "/containers/create", { engine, body: image })).rejects.toThrow(
      "the engine answered 500",
    );
  });
});

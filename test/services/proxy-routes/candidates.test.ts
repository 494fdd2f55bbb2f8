import fc from "fast-check";
import { candidatesFor, type AppContainer } from "../../../services/proxy-routes/candidates";
import { container, network } from "./sample-containers";

const networks = [network("dev"), network("tst"), network("pro")];
const judge = (one: AppContainer, known = networks): ReturnType<typeof candidatesFor> =>
  candidatesFor([one], known, "localhost");
const reason = (one: AppContainer, known = networks): string | undefined =>
  judge(one, known).refusals[0]?.reason;

describe("an app container", () => {
  it("is served at <app>.<owner>.<domain> by its id in its stack's network", () => {
    expect(judge(container())).toEqual({
      candidates: [
        {
          container: "berth-dev-01-shop",
          running: true,
          created: 100,
          host: "shop.01.localhost",
          target: "0123456789ab.berth-dev-network:3000",
          network: networks[0],
        },
      ],
      refusals: [],
    });
  });

  it.each(["dev", "tst", "pro"])("of %s itself is served at <app>.<environment>.<domain>", (environment) => {
    const { candidates } = judge(container({ "berth.env": environment, "berth.owner": "shared" }));
    expect(candidates[0]?.host).toBe(`shop.${environment}.localhost`);
    expect(candidates[0]?.target).toBe(`0123456789ab.berth-${environment}-network:3000`);
  });

  it("goes by its own name where links have added more", () => {
    const linked = container({}, { Names: ["/other/alias", "/berth-dev-01-shop"] });
    expect(judge(linked).candidates[0]?.container).toBe("berth-dev-01-shop");
  });

  it.each([
    ["berth.app", "shop.02.localhost@evil:1"],
    ["berth.app", "shop.evil"],
    ["berth.app", "../shop"],
    ["berth.app", "*"],
    ["berth.app", "Shop"],
    ["berth.app", "shop\n"],
    ["berth.app", ""],
    ["berth.app", "a".repeat(64)],
    ["berth.owner", "01.localhost"],
    ["berth.owner", "-01"],
    ["berth.owner", "pro"],
    ["berth.owner", "tst"],
    ["berth.owner", "dev"],
    ["berth.env", "Pro"],
    ["berth.env", "prod"],
    ["berth.env", ""],
    ["berth.port", "3000/../x"],
    ["berth.port", "0"],
    ["berth.port", "65536"],
    ["berth.port", "080"],
    ["berth.port", ""],
  ])("is refused with the label %s=%j", (label, value) => {
    expect(judge(container({ [label]: value })).candidates).toEqual([]);
    expect(reason(container({ [label]: value }))).toContain(label);
  });

  it("is refused on no network of its own stack", () => {
    const elsewhere = { Networks: { "berth-pro-network": { NetworkID: "id-of-berth-pro-network" } } };
    expect(reason(container({}, { NetworkSettings: elsewhere }))).toContain("berth.stack=berth-dev");
    expect(reason(container({}, { NetworkSettings: { Networks: {} } }))).toContain("berth.stack=berth-dev");
  });

  it("is refused on a network that only has the right name", () => {
    expect(reason(container(), [network("dev", { Labels: {} })])).toContain("berth.role=network");
    expect(reason(container(), [network("dev", { Labels: null })])).toContain("berth.role=network");
    expect(reason(container(), [network("dev", { Id: "another" })])).toContain("berth.role=network");
  });

  it("is refused without a stack, even beside a network without one", () => {
    const labels = { "berth.role": "network", "berth.stack": "", "berth.env": "dev" };
    expect(reason(container({ "berth.stack": "" }), [network("dev", { Labels: labels })])).toContain(
      "berth.stack=<its own>",
    );
  });

  it("is refused where it claims another environment than its network has", () => {
    const claims = container({ "berth.owner": "shared" });
    claims.Labels["berth.env"] = "pro";
    expect(reason(claims)).toContain("berth.env differs");
  });

  it("is refused where the route's file would have too long a name", () => {
    const long = network("dev", { Name: "n".repeat(120) });
    const one = container(
      { "berth.app": "a".repeat(63), "berth.owner": "b".repeat(63) },
      { NetworkSettings: { Networks: { [long.Name]: { NetworkID: long.Id } } } },
    );
    expect(reason(one, [long])).toContain("too long");
  });

  it("that does not run is no refusal, and keeps its network until it is removed", () => {
    const networksOfStopped = { Networks: { "berth-dev-network": { NetworkID: "" } } };
    const stopped = container({}, { State: "exited", NetworkSettings: networksOfStopped });
    expect(judge(stopped).candidates).toMatchObject([{ running: false, network: networks[0] }]);
    expect(judge(container({ "berth.app": "" }, { State: "exited" }))).toEqual({
      candidates: [],
      refusals: [],
    });
    expect(judge(container({}, { State: "removing" }))).toEqual({ candidates: [], refusals: [] });
  });

  it("never makes a host or a target of another form, whatever its labels hold", () => {
    const text = fc.string();
    fc.assert(
      fc.property(text, text, text, text, fc.constantFrom("dev", "pro"), (name, app, owner, port, env) => {
        const labels = { "berth.app": app, "berth.owner": owner, "berth.port": port, "berth.env": env };
        for (const { host, target } of judge(container(labels, { Names: [`/${name}`] })).candidates) {
          expect(host).toMatch(/^[a-z0-9-]+\.[a-z0-9-]+\.localhost$/);
          expect(target).toMatch(/^[0-9a-f]{12}\.berth-(dev|pro)-network:[1-9][0-9]{0,4}$/);
        }
      }),
    );
  });
});

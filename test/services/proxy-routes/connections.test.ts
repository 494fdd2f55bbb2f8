import { planConnections, type ProxyContainer } from "../../../services/proxy-routes/connections";
import { network } from "./sample-containers";

const [dev, tst, pro] = [network("dev"), network("tst"), network("pro")];
const all = [dev, tst, pro, { Id: "id-of-bridge", Name: "bridge", Labels: null }];

function proxyIn(names: string[], running = true): ProxyContainer {
  return {
    State: { Running: running },
    HostConfig: { NetworkMode: "berth-dev-network", Sysctls: { "net.ipv4.ip_forward": "0" } },
    NetworkSettings: {
      Networks: Object.fromEntries(names.map((name) => [name, { NetworkID: `id-of-${name}` }])),
    },
  };
}
const nothing = { connect: [], disconnect: [], impossible: new Map() };

describe("the proxy's networks", () => {
  it("are joined where another stack has an app to serve", () => {
    const plan = planConnections("berth-dev", [dev, tst, tst], all, proxyIn([dev.Name]));
    expect(plan).toEqual({ ...nothing, connect: [tst] });
  });

  it("are left alone once joined", () => {
    const plan = planConnections("berth-dev", [tst], all, proxyIn([dev.Name, tst.Name]));
    expect(plan).toEqual(nothing);
  });

  it("are left where there is nothing to serve any more, and only those of environments", () => {
    const proxy = proxyIn([dev.Name, tst.Name, pro.Name, "bridge"]);
    expect(planConnections("berth-dev", [pro], all, proxy)).toEqual({
      ...nothing,
      disconnect: [tst.Name],
    });
  });

  it("of its own stack are never touched", () => {
    expect(planConnections("berth-dev", [], all, proxyIn([dev.Name]))).toEqual(nothing);
    const second = { ...dev, Id: "id-of-second", Name: "second" };
    expect(planConnections("berth-dev", [second], [...all, second], proxyIn([dev.Name]))).toEqual(nothing);
  });

  it("wait for a proxy that does not exist yet", () => {
    const plan = planConnections("berth-dev", [dev, tst], all, undefined);
    expect(plan).toMatchObject({ connect: [], disconnect: [] });
    expect([...plan.impossible]).toEqual([[tst.Id, expect.stringContaining("does not exist") as string]]);
  });

  it("are not joined by a proxy that is on no network of its own stack", () => {
    const plan = planConnections("berth-dev", [tst], all, proxyIn(["bridge"]));
    expect(plan.connect).toEqual([]);
    expect(plan.impossible.get(tst.Id)).toContain("no network of its own stack berth-dev");
  });

  it("are not joined where the engine would move the published port", () => {
    const plan = planConnections("berth-tst", [pro], all, proxyIn([tst.Name]));
    expect(plan.connect).toEqual([]);
    expect(plan.impossible.get(pro.Id)).toContain("move the proxy's published port");
  });

  it.each<ProxyContainer["HostConfig"]["Sysctls"]>([null, undefined, {}, { "net.ipv4.ip_forward": "1" }])(
    "are not joined by a proxy that would forward packets between them: %j",
    (Sysctls) => {
      const router = { ...proxyIn([dev.Name]), HostConfig: { NetworkMode: dev.Name, Sysctls } };
      const plan = planConnections("berth-dev", [tst], all, router);
      expect(plan.connect).toEqual([]);
      expect(plan.impossible.get(tst.Id)).toContain("net.ipv4.ip_forward=0");
    },
  );

  it("are forgotten when they went while the proxy was stopped, except its first one", () => {
    const proxy = proxyIn([dev.Name, "berth-tst-gone", "berth-dev-network"], false);
    expect(planConnections("berth-dev", [], [pro], proxy)).toEqual({
      ...nothing,
      disconnect: ["berth-tst-gone"],
    });
  });
});

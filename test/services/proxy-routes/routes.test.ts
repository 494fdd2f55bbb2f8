import { candidatesFor, type AppContainer } from "../../../services/proxy-routes/candidates";
import { routesFor } from "../../../services/proxy-routes/routes";
import { container, network } from "./sample-containers";

const routesOf = (list: AppContainer[]): ReturnType<typeof routesFor> =>
  routesFor(candidatesFor(list, [network("dev"), network("pro")], "localhost").candidates);

describe("routes", () => {
  it("lead to the newest of two containers with one host, whatever the order of the list", () => {
    const old = container({}, { Names: ["/old"], Created: 1 });
    const fresh = container({}, { Names: ["/fresh"], Created: 2, Id: "f".repeat(64) });
    for (const list of [
      [old, fresh],
      [fresh, old],
    ]) {
      const { routes, refusals } = routesOf(list);
      expect(routes).toEqual([{ host: "shop.01.localhost", target: "ffffffffffff.berth-dev-network:3000" }]);
      expect(refusals).toEqual([
        { container: "old", reason: "a newer container already answers for shop.01.localhost" },
      ]);
    }
  });

  it("tell the same app of two environments apart", () => {
    const own = { "berth.owner": "shared" };
    const { routes } = routesOf([container(own), container({ ...own, "berth.env": "pro" })]);
    expect(routes.map(({ host }) => host)).toEqual(["shop.dev.localhost", "shop.pro.localhost"]);
  });

  it("leave out what does not run", () => {
    const names = { Networks: { "berth-dev-network": { NetworkID: "" } } };
    expect(routesOf([container({}, { State: "exited", NetworkSettings: names })]).routes).toEqual([]);
  });
});

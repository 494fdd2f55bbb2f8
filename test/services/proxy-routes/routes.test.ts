import fc from "fast-check";
import { routesFor, type RunningContainer } from "../../../services/proxy-routes/routes";

function container(
  labels: Record<string, string> = {},
  more: Partial<RunningContainer> = {},
): RunningContainer {
  const own = { "berth.app": "shop", "berth.owner": "01", "berth.port": "3000" };
  return { Names: ["/berth-dev-01-shop"], Created: 100, Labels: { ...own, ...labels }, ...more };
}

describe("routes for running containers", () => {
  it("send <app>.<owner>.<domain> to the container's name and port", () => {
    expect(routesFor([container()], "localhost")).toEqual({
      routes: [{ host: "shop.01.localhost", target: "berth-dev-01-shop:3000" }],
      refusals: [],
    });
  });

  it("take the container's own name where links have added more", () => {
    const linked = container({}, { Names: ["/other/alias", "/berth-dev-01-shop"] });
    expect(routesFor([linked], "localhost").routes[0]?.target).toBe("berth-dev-01-shop:3000");
  });

  it("go to the newest of two containers with one host, whatever the order of the list", () => {
    const old = container({}, { Names: ["/old"], Created: 1 });
    const fresh = container({}, { Names: ["/fresh"], Created: 2 });
    for (const list of [
      [old, fresh],
      [fresh, old],
    ]) {
      const { routes, refusals } = routesFor(list, "localhost");
      expect(routes).toEqual([{ host: "shop.01.localhost", target: "fresh:3000" }]);
      expect(refusals).toEqual([
        { container: "old", reason: "a newer container already answers for shop.01.localhost" },
      ]);
    }
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
    ["berth.port", "3000/../x"],
    ["berth.port", "0"],
    ["berth.port", "65536"],
    ["berth.port", "080"],
    ["berth.port", ""],
  ])("are refused with the label %s=%j", (label, value) => {
    const { routes, refusals } = routesFor([container({ [label]: value })], "localhost");
    expect(routes).toEqual([]);
    expect(refusals).toEqual([
      { container: "berth-dev-01-shop", reason: expect.stringContaining(label) as string },
    ]);
  });

  it("never make a host or a target of another form, whatever the labels hold", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), fc.string(), (name, app, owner, port) => {
        const labels = { "berth.app": app, "berth.owner": owner, "berth.port": port };
        const { routes } = routesFor([container(labels, { Names: [`/${name}`] })], "localhost");
        for (const { host, target } of routes) {
          expect(host).toMatch(/^[a-z0-9-]+\.[a-z0-9-]+\.localhost$/);
          expect(target).toMatch(/^[a-zA-Z0-9_.-]+:[1-9][0-9]{0,4}$/);
        }
      }),
    );
  });
});

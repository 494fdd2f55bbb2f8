import { readConfig } from "../../../services/proxy-routes/config";

const good = { BERTH_NETWORK: "berth-dev-net", BERTH_DOMAIN: "localhost" };

describe("the configuration of proxy-routes", () => {
  it("needs the network and the domain and has defaults for the rest", () => {
    expect(readConfig(good)).toEqual({
      network: "berth-dev-net",
      domain: "localhost",
      routesFolder: "/run/berth-proxy/routes",
      readyFile: "/tmp/berth-proxy-routes-ready",
      resyncSeconds: 15,
    });
  });

  it("names all that is missing at once", () => {
    expect(() => readConfig({})).toThrow(/BERTH_NETWORK.*BERTH_DOMAIN/);
  });

  it.each(["Example.org", "a b", "*.org", ".org", "a..b", "a/b"])("refuses %j as a domain", (domain) => {
    expect(() => readConfig({ ...good, BERTH_DOMAIN: domain })).toThrow(/BERTH_DOMAIN/);
  });

  it.each(["0", "31", "1.5", "soon"])("refuses an interval of %j seconds", (seconds) => {
    expect(() => readConfig({ ...good, BERTH_RESYNC_SECONDS: seconds })).toThrow(/BERTH_RESYNC_SECONDS/);
  });
});

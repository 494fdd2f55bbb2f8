import { readConfig } from "../../../services/proxy-routes/config";

const good = {
  BERTH_STACK: "berth-dev",
  BERTH_PROXY_CONTAINER: "berth-dev-proxy",
  BERTH_DOMAIN: "localhost",
};

describe("the configuration of proxy-routes", () => {
  it("needs the stack, the proxy and the domain and has defaults for the rest", () => {
    expect(readConfig(good)).toEqual({
      stack: "berth-dev",
      proxyContainer: "berth-dev-proxy",
      domain: "localhost",
      routesFolder: "/run/berth-proxy/routes",
      readyFile: "/tmp/berth-proxy-routes-ready",
      resyncSeconds: 15,
    });
  });

  it("names all that is missing at once", () => {
    expect(() => readConfig({})).toThrow(/BERTH_STACK.*BERTH_PROXY_CONTAINER.*BERTH_DOMAIN/);
  });

  it.each(["Example.org", "a b", "*.org", ".org", "a..b", "a/b"])("refuses %j as a domain", (domain) => {
    expect(() => readConfig({ ...good, BERTH_DOMAIN: domain })).toThrow(/BERTH_DOMAIN/);
  });

  it.each(["Berth-dev", "berth dev", "berth.dev", "berth=dev"])("refuses %j as a stack", (stack) => {
    expect(() => readConfig({ ...good, BERTH_STACK: stack })).toThrow(/BERTH_STACK/);
  });

  it.each(["-proxy", "a/b", "a b", "a?force=1"])("refuses %j as the proxy's container", (name) => {
    expect(() => readConfig({ ...good, BERTH_PROXY_CONTAINER: name })).toThrow(/BERTH_PROXY_CONTAINER/);
  });

  it.each(["0", "31", "1.5", "soon"])("refuses an interval of %j seconds", (seconds) => {
    expect(() => readConfig({ ...good, BERTH_RESYNC_SECONDS: seconds })).toThrow(/BERTH_RESYNC_SECONDS/);
  });
});

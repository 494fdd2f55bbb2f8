import { findRoute, table } from "../../../../services/gateway/rules/table";
import { engineRoutes } from "./engine-routes";

/** A path that the engine's pattern matches. */
function example(pattern: string): string {
  return pattern.replace(/\{[^}]*\}/g, "abc");
}

describe("the table", () => {
  it("has the engines' routes to compare with", () => {
    expect(engineRoutes.length).toBeGreaterThan(115);
  });

  it.each(engineRoutes.map(([route]) => route))("names %s", (route) => {
    const [method = "", pattern = ""] = route.split(" ");
    const found = findRoute(method, example(pattern));
    expect(found?.rule.method).toBe(method);
    const shape = (path: string): string => path.replace(/\{[^}]*\}/g, "{}");
    expect(shape(found?.rule.pattern ?? "")).toBe(shape(pattern));
  });

  it("names no route that no engine has", () => {
    const shape = (path: string): string => path.replace(/\{[^}]*\}/g, "{}");
    const known = new Set(engineRoutes.map(([route]) => shape(route)));
    // The engine registers profiling below /debug or without it, depending on its version.
    const own = table.filter(({ pattern }) => !/^\/(vars|pprof)/.test(pattern));
    expect(own.filter(({ method, pattern }) => !known.has(shape(`${method} ${pattern}`)))).toEqual([]);
  });

  it("names each route once", () => {
    const names = table.map(({ method, pattern }) => `${method} ${pattern}`);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  it("says of every denied route what to do instead", () => {
    const denied = table.flatMap((line) => ("denied" in line ? [line.denied] : []));
    expect(denied.every((why) => why.length > 20)).toBe(true);
  });
});

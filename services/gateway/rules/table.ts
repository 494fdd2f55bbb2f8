import { buildRoutes } from "./build/build-route";
import type { DeniedRoute, RouteRule } from "./context";
import { containerRoutes } from "./routes/container-routes";
import { deniedRoutes } from "./routes/denied-routes";
import { execRoutes } from "./routes/exec-routes";
import { imageRoutes } from "./routes/image-routes";
import { networkRoutes } from "./routes/network-routes";
import { systemRoutes } from "./routes/system-routes";
import { volumeRoutes } from "./routes/volume-routes";

/** Every route of the Engine API, to its rule. What is not here does not exist for the gateway's callers. */
export const table: readonly (RouteRule | DeniedRoute)[] = [
  ...systemRoutes,
  ...containerRoutes,
  ...execRoutes,
  ...networkRoutes,
  ...volumeRoutes,
  ...imageRoutes,
  ...buildRoutes,
  ...deniedRoutes,
];

interface CompiledRoute {
  rule: RouteRule | DeniedRoute;
  expression: RegExp;
}

function compile(rule: RouteRule | DeniedRoute): CompiledRoute {
  const expression = rule.pattern
    .replace(/[.*+?^$()|[\]\\]/g, "\\$&")
    .replace(/\{(\w+)\}/g, (_, name: string) => `(?<${name}>${name === "image" ? ".+" : "[^/]+"})`);
  return { rule, expression: new RegExp(`^${expression}$`) };
}

/** Fixed paths before those with names in them: `/containers/create` is no container "create". */
const compiled = [...table]
  .sort((a, b) => Number(a.pattern.includes("{")) - Number(b.pattern.includes("{")))
  .map(compile);

/** Finds the rule of a method and path, and the parts of the path that its pattern names. */
export function findRoute(
  method: string,
  path: string,
): { rule: RouteRule | DeniedRoute; names: Record<string, string> } | undefined {
  for (const { rule, expression } of compiled) {
    if (rule.method !== method) continue;
    const match = expression.exec(path);
    if (match) return { rule, names: { ...match.groups } };
  }
  return undefined;
}

import { DATABASES_PATH, databaseSizes } from "../../spec/gateway-api";
import type { Check } from "./check";
import { ok } from "./finding";

const MIB = 1024 * 1024;

/** How many databases a developer has in dev, and how large they are: the number is limited, the size is not. */
export const databases: Check = {
  name: "databases",
  look: (diagnosis) =>
    diagnosis.withServer(async ({ ask }, { services, limits }) => {
      if (!services.includes("postgres"))
        return { state: "skipped", what: "the host gives apps no Postgres" };
      const { databases: found } = databaseSizes.parse(await ask("GET", DATABASES_PATH));
      const largest = [...found].sort((a, b) => b.bytes - a.bytes);
      const sizes = largest.map(({ name, bytes }) => `${name} ${Math.ceil(bytes / MIB)} MiB`).join(", ");
      const { databases: most } = limits.quota;
      const what = `${found.length} of ${most}${sizes === "" ? "" : `: ${sizes}`}`;
      if (found.length < most) return ok(what);
      return {
        state: "warn",
        what,
        fix: "no further app gets one: ask the operator to drop those of apps that are gone, or to raise gateway.quota.databases",
      };
    }),
};

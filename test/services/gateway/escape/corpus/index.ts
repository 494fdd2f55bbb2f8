import { bodyTricks } from "./body-tricks";
import { builds } from "./builds";
import { createFields } from "./create-fields";
import { deniedRoutes } from "./denied-routes";
import type { EscapeCase } from "./escape-case";
import { targetTricks } from "./target-tricks";

/** Every hostile request, none of which may succeed. */
export const corpus: readonly EscapeCase[] = [
  ...createFields,
  ...bodyTricks,
  ...targetTricks,
  ...deniedRoutes,
  ...builds,
];

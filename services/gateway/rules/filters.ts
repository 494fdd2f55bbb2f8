import { z } from "zod";
import type { RequestContext } from "./context";
import { formatReference, ownTag, parseReference } from "./images";
import { findContainer } from "./lookup";
import { findImage } from "./images";
import { malformed, Refused, refuseField } from "./refusals";
import { parseStrictJson } from "./strict-json";

/** The `filters` parameter, as lists. */
export type Filters = Record<string, string[]>;

/** What becomes of one filter's values; throws Refused where they may not be asked. */
export type FilterRule = (values: string[], context: RequestContext) => string[] | Promise<string[]>;

const shape = z.record(
  z.string(),
  z.union([
    z.array(z.string()),
    z.record(z.string(), z.boolean()).transform((values) => Object.keys(values)),
  ]),
);

/**
 * Parses `filters` in either of the engine's forms, refuses those that the route does not name, and rewrites the rest.
 * @throws Refused
 */
export async function rewriteFilters(
  context: RequestContext,
  rules: Record<string, FilterRule>,
): Promise<Filters> {
  const raw = context.query.get("filters");
  if (raw === undefined || raw === "") return {};
  const parsed = shape.safeParse(parseStrictJson(Buffer.from(raw)));
  if (!parsed.success) malformed("query parameter 'filters' must be an object of lists of strings");
  const filters: Filters = {};
  for (const [name, values] of Object.entries(parsed.data)) {
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
    if (!rule) refuseField(`query parameter 'filters': ${name}`, "this route takes no such filter here");
    filters[name] = await rule(values, context);
  }
  return filters;
}

/** As it goes to the engine; undefined where there is nothing to filter by. */
export function formatFilters(filters: Filters): string | undefined {
  return Object.keys(filters).length === 0 ? undefined : JSON.stringify(filters);
}

/** Goes on as it is: what it could match is filtered out of the answer. */
export const asIs: FilterRule = (values) => values;

/** Names match in part; one that is anchored at the start is also asked with the caller's start. */
export const names: FilterRule = (values, { ownership }) =>
  values.flatMap((value) => {
    const anchored = /^(\^?\/?)(.*)$/.exec(value);
    if (!value.startsWith("^") && !value.startsWith("/")) return [value];
    return [
      value,
      ...ownership.environments.map(
        (known) => `${anchored?.[1] ?? ""}${ownership.start(known)}${anchored?.[2] ?? ""}`,
      ),
    ];
  });

/** Networks and volumes, by a name as the caller writes it or in full, or by id. */
export const ownNames: FilterRule = (values, { ownership }) =>
  values.flatMap((value) => [
    value,
    ...ownership.environments.map((known) => `${ownership.start(known)}${value}`),
  ]);

/** Containers by reference: the engine would say whether another's exists. */
export const containers: FilterRule = (values, context) =>
  Promise.all(values.map(async (value) => (await findContainer(context, value, "read")).Id));

/** As `containers`, where nothing found means nothing matched. */
export const maybeContainers: FilterRule = async (values, context) => {
  const found = await Promise.all(
    values.map((value) => findContainer(context, value, "read").then(({ Id }) => [Id], none)),
  );
  return found.flat().length > 0 ? found.flat() : ["0".repeat(64)];
};

/** Images by reference: those of the caller's namespace under their short name as well. */
export const images: FilterRule = (values, context) =>
  Promise.all(values.map(async (value) => (await findImage(context, value)).id));

/** Images that a container came from; nothing found means nothing matched. */
export const maybeImages: FilterRule = async (values, context) => {
  const found = await Promise.all(
    values.map((value) => findImage(context, value).then(({ id }) => [id], none)),
  );
  return found.flat().length > 0 ? found.flat() : [`sha256:${"0".repeat(64)}`];
};

function none(error: unknown): [] {
  if (error instanceof Refused) return [];
  throw error;
}

/** Patterns of references; a plain one also stands for the caller's own tag. */
export const references: FilterRule = (values, { ownership }) =>
  values.flatMap((value) => {
    const parsed = parseReference(value);
    if (!parsed || parsed.repository.includes("/") || parsed.digest !== undefined) return [value];
    const own = ownTag(ownership, value);
    return parsed.tag === undefined ? [value, own.replace(/-latest$/, "-*")] : [formatReference(parsed), own];
  });

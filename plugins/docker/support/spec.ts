/** Short constructors for {@link PropertySpec}, so that a resource's properties read as a table. */
import type { PropertySpec } from "../../kit/types";

type Details = Omit<PropertySpec, "type" | "items" | "fields">;

export const text = (details: Details = {}): PropertySpec => ({ type: "string", ...details });
export const integer = (details: Details = {}): PropertySpec => ({ type: "integer", ...details });
export const flag = (details: Details = {}): PropertySpec => ({ type: "boolean", ...details });
/** A list in which order matters. */
export const texts = (details: Details = {}): PropertySpec => ({ type: "list", items: text(), ...details });
/** A list in which order has no meaning. */
export const textSet = (details: Details = {}): PropertySpec => texts({ unordered: true, ...details });
export const textMap = (details: Details = {}): PropertySpec => ({ type: "map", items: text(), ...details });

export const object = (fields: Record<string, PropertySpec>, details: Details = {}): PropertySpec => ({
  type: "object",
  fields,
  ...details,
});
export const objects = (fields: Record<string, PropertySpec>, details: Details = {}): PropertySpec => ({
  type: "list",
  items: object(fields),
  ...details,
});
/** A list of objects in which order has no meaning. */
export const objectSet = (fields: Record<string, PropertySpec>, details: Details = {}): PropertySpec =>
  objects(fields, { unordered: true, ...details });

/** Labels as the official schema has them: a set of label and value pairs. */
export const labels = (details: Details = {}): PropertySpec =>
  objectSet({ label: text({ required: true }), value: text({ required: true }) }, details);

/** The same properties, a change of any of which, at any depth, replaces the resource. */
export function replacing(properties: Record<string, PropertySpec>): Record<string, PropertySpec> {
  return Object.fromEntries(Object.entries(properties).map(([name, spec]) => [name, replaced(spec)]));
}

function replaced(spec: PropertySpec): PropertySpec {
  return {
    ...spec,
    onChange: "replace",
    ...(spec.items && { items: replaced(spec.items) }),
    ...(spec.fields && { fields: replacing(spec.fields) }),
  };
}

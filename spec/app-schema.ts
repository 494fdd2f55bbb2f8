import { z } from "zod";
import { manifestSchema } from "./app-manifest";
import { appSchemaTexts } from "./app-schema-texts";

/** Where the published schema lies, from the project's root. */
export const APP_SCHEMA_FILE = "spec/berth-app.schema.json";

/**
 * The JSON Schema of `berth.yaml`, for editors. What only code can judge, such as a path that leaves the app's folder, it lets
 * through: `berth` itself refuses that. Draft 7, since editors know no newer one everywhere.
 * @throws Error naming the key that has no text yet.
 */
export function appSchema(): object {
  const schema = z.toJSONSchema(manifestSchema, {
    target: "draft-7",
    io: "input",
    override: ({ jsonSchema }) => {
      // zod's own name for a check that its pattern says already; other readers know no such format.
      if (jsonSchema.format === "starts_with") delete jsonSchema.format;
    },
  });
  return { title: "berth.yaml", ...described(schema as Described, []) };
}

interface Described {
  description?: string;
  properties?: Record<string, Described>;
}

/** The schema with a text for each of its keys. */
function described(schema: Described, path: string[]): Described {
  const description = appSchemaTexts[path.join(".")];
  if (description === undefined) throw new Error(`the key '${path.join(".")}' has no text`);
  if (schema.properties === undefined) return { description, ...schema };
  const entries = Object.entries(schema.properties).map(([key, value]): [string, Described] => [
    key,
    described(value, [...path, key]),
  ]);
  return { description, ...schema, properties: Object.fromEntries(entries) };
}

/** The published file's text. */
export function appSchemaText(): string {
  return `${JSON.stringify(appSchema(), null, 2)}\n`;
}

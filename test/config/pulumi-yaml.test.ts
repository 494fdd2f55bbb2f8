import * as fs from "node:fs";
import { parse } from "yaml";
import { z } from "zod";
import { configKeys, configSchema } from "../../config/schema";

const declarationSchema = z.strictObject({
  type: z.enum(["string", "object", "array"]),
  items: z.object({ type: z.string() }).optional(),
  description: z.string().min(10),
  default: z.unknown().optional(),
});
const projectSchema = z.object({ config: z.record(z.string(), declarationSchema) });
const { config } = projectSchema.parse(parse(fs.readFileSync("Pulumi.yaml", "utf8")));

const fieldsOf = (key: string): z.ZodType[] =>
  configSchema.options.map((option) => (option.shape as Record<string, z.ZodType>)[key] as z.ZodType);

/** The default that the schema itself applies, undefined where the key is required. */
function defaultOf(field: z.ZodType): unknown {
  return field instanceof z.ZodDefault || field instanceof z.ZodPrefault ? field.def.defaultValue : undefined;
}

function typeOf(field: z.ZodType): string {
  if (field instanceof z.ZodDefault || field instanceof z.ZodPrefault)
    return typeOf(field.unwrap() as z.ZodType);
  if (field instanceof z.ZodObject || field instanceof z.ZodRecord) return "object";
  return field instanceof z.ZodArray ? "array" : "string";
}

describe("the config block of Pulumi.yaml", () => {
  it("describes the keys of the schema, all of them and no other", () => {
    expect(Object.keys(config).sort()).toEqual(configKeys);
  });

  it.each(configKeys)("gives %s the type and the default that the schema gives it", (key) => {
    for (const field of fieldsOf(key)) {
      expect(config[key]?.type).toBe(typeOf(field));
      expect(config[key]?.default).toEqual(defaultOf(field));
    }
  });

  it("leaves to Pulumi to ask for the environment alone; the schema asks for the rest in its own words", () => {
    const required = Object.keys(config).filter((key) => config[key]?.default === undefined);
    expect(required.sort()).toEqual(["environment"]);
  });
});

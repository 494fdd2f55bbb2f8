import * as fs from "node:fs";
import fastify, { type FastifyInstance } from "fastify";
import { parse } from "yaml";
import { parseManifest } from "../../spec/app-manifest";
import { APP_SCHEMA_FILE, appSchema, appSchemaText } from "../../spec/app-schema";
import { appSchemaTexts } from "../../spec/app-schema-texts";

// fastify judges bodies by JSON Schema, with a validator that shares no code with zod.
let judge: FastifyInstance;
beforeAll(async () => {
  judge = fastify({
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false, useDefaults: false } },
  });
  judge.post("/", { schema: { body: appSchema() } }, () => "right");
  await judge.ready();
});
afterAll(() => judge.close());

const isRight = async (text: string): Promise<boolean> =>
  (await judge.inject({ method: "POST", url: "/", payload: parse(text) as object })).statusCode === 200;

const smallest = "name: shop\nlanguage: typescript\nport: 3000\n";

test("the published schema is that of the code: bin/berth schema > spec/berth-app.schema.json", () => {
  expect(fs.readFileSync(APP_SCHEMA_FILE, "utf8")).toBe(appSchemaText());
});

test.each(["shop", "ledger"])("the example %s is right by it, and names it for editors", async (example) => {
  const text = fs.readFileSync(`examples/${example}/berth.yaml`, "utf8");
  expect(text.split("\n")[0]).toBe(`# yaml-language-server: $schema=../../${APP_SCHEMA_FILE}`);
  expect(await isRight(text)).toBe(true);
});

test.each([
  ["nothing but what is needed", smallest],
  ["a context above", `${smallest}build: { context: ../.. }\n`],
  [
    "commands, limits, secrets",
    `${smallest}commands: { test: [npm, test] }\nlimits: { cpus: 0.5 }\nsecrets: [stripe-key]\n`,
  ],
])("what berth takes it takes: %s", async (_, text) => {
  expect(() => parseManifest(text, "berth.yaml")).not.toThrow();
  expect(await isRight(text)).toBe(true);
});

test.each([
  ["an unknown key", `${smallest}helth: { path: / }\n`],
  ["an unknown key inside", `${smallest}live: { pahts: [src] }\n`],
  ["a missing name", "language: typescript\nport: 3000\n"],
  ["another language", smallest.replace("typescript", "cobol")],
  ["a port too large", smallest.replace("3000", "99999")],
  ["a number as a text", smallest.replace("3000", '"3000"')],
  ["a path without a slash", `${smallest}health: { path: health }\n`],
  ["a context beside", `${smallest}build: { context: ../other }\n`],
  ["root by a number", `${smallest}user: 0\n`],
  ["a command for a shell", `${smallest}commands: { test: npm test }\n`],
])("what berth refuses it refuses: %s", async (_, text) => {
  expect(() => parseManifest(text, "berth.yaml")).toThrow();
  expect(await isRight(text)).toBe(false);
});

test("every key has a text, and no text is of a key that is gone", () => {
  const described = JSON.stringify(appSchema()).match(/"description":/g) ?? [];
  expect(described).toHaveLength(Object.keys(appSchemaTexts).length);
});

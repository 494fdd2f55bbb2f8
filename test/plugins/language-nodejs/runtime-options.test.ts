import { parseRuntimeOptions, typescriptVariables } from "../../../plugins/language-nodejs/runtime-options";
import { splitWords } from "../../../plugins/language-nodejs/split-words";

test("without options a program is TypeScript, installed by npm", () => {
  const options = parseRuntimeOptions({});
  expect(options).toEqual({
    typescript: true,
    tsconfig: undefined,
    nodeArguments: [],
    packageManager: "npm",
    production: false,
  });
  expect(typescriptVariables(options)).toEqual({ PULUMI_NODEJS_TYPESCRIPT: "true" });
});

test("options of a JavaScript program leave no trace in its environment", () => {
  expect(typescriptVariables(parseRuntimeOptions({ typescript: false }))).toEqual({});
});

test("a tsconfig is passed on", () => {
  expect(typescriptVariables(parseRuntimeOptions({ tsconfig: "tsconfig.pulumi.json" }))).toEqual({
    PULUMI_NODEJS_TYPESCRIPT: "true",
    PULUMI_NODEJS_TSCONFIG_PATH: "tsconfig.pulumi.json",
  });
});

test.each([
  [{ typescript: "yes" }, "'typescript' must be a boolean"],
  [{ tsconfig: 1 }, "'tsconfig' must be a string"],
  [{ nodeargs: ["--inspect"] }, "'nodeargs' must be a string"],
  [{ production: 1 }, "'production' must be a boolean"],
  [{ packagemanager: "pip" }, "'packagemanager' must be one of auto, npm, pnpm, yarn, bun"],
])("%j is refused", (options, message) => {
  expect(() => parseRuntimeOptions(options)).toThrow(message);
});

test.each([
  ["", []],
  ["  --a   --b ", ["--a", "--b"]],
  [`--require "./with space.js" --c='x y'`, ["--require", "./with space.js", "--c=x y"]],
  [`a\\ b "c\\"d" 'e\\f' ""`, ["a b", 'c"d', "e\\f", ""]],
])("%s splits as a shell would", (line, words) => {
  expect(splitWords(line)).toEqual(words);
});

test("a quote that is never closed is refused", () => {
  expect(() => splitWords(`--title="harbour`)).toThrow("unclosed");
});

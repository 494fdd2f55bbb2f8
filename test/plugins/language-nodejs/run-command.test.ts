import { ProgramInfo, RunRequest } from "@pulumi/pulumi/proto/language_pb";
import { configVariables, programCommand } from "../../../plugins/language-nodejs/run-command";
import { parseRuntimeOptions } from "../../../plugins/language-nodejs/runtime-options";

const addresses = { runScript: "/sdk/run.js", engine: "127.0.0.1:1", tracing: "" };

function request(): RunRequest {
  return new RunRequest()
    .setMonitorAddress("127.0.0.1:2")
    .setProject("harbour")
    .setStack("dev")
    .setParallel(4)
    .setInfo(
      new ProgramInfo()
        .setRootDirectory("/srv/code")
        .setProgramDirectory("/srv/code/infra")
        .setEntryPoint("main.ts"),
    );
}

test("a program gets the addresses, its names and its folder, and then its entry point", () => {
  const { args } = programCommand(
    request(),
    parseRuntimeOptions({ nodeargs: "--trace-warnings" }),
    addresses,
  );
  expect(args).toEqual([
    "--trace-warnings",
    "/sdk/run.js",
    ...["--monitor", "127.0.0.1:2", "--engine", "127.0.0.1:1", "--project", "harbour"],
    ...["--root-directory", "/srv/code", "--stack", "dev", "--pwd", "/srv/code/infra", "--parallel", "4"],
    "main.ts",
  ]);
});

test("a preview is said to be one, before the entry point and the program's own arguments", () => {
  const { args } = programCommand(
    request().setDryrun(true).setArgsList(["--deep"]),
    parseRuntimeOptions({}),
    addresses,
  );
  expect(args.slice(-3)).toEqual(["--dry-run", "main.ts", "--deep"]);
});

test("without an entry point the program's folder is run", () => {
  const { args } = programCommand(new RunRequest(), parseRuntimeOptions({}), addresses);
  expect(args.at(-1)).toBe(".");
});

test("configuration is passed in the form that every SDK version reads, and secret keys are named", () => {
  const variables = configVariables(
    [
      ["harbour:pin", "1234"],
      ["aws:config:region", "north"],
      ["harbour:config", "odd name"],
    ],
    ["harbour:pin"],
  );
  expect(JSON.parse(variables.PULUMI_CONFIG ?? "")).toEqual({
    "harbour:config:pin": "1234",
    "aws:config:region": "north",
    "harbour:config:config": "odd name",
  });
  expect(JSON.parse(variables.PULUMI_CONFIG_SECRET_KEYS ?? "")).toEqual(["harbour:pin"]);
});

import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { thisHost, thisProcess } from "../../scripts/lib/process-identity";
import { runCommand, type CommandResult } from "../support/run-command";

const projectRoot = path.resolve(__dirname, "../..");

let dataRoot: string;
beforeEach(() => (dataRoot = fs.mkdtempSync(path.join(os.tmpdir(), "btest-promote-lock-"))));
afterEach(() => fs.rmSync(dataRoot, { recursive: true }));

/** The lock of a stack as this very process would hold it. */
function hold(stack: string): void {
  const holder = {
    id: "held-by-the-test",
    stack,
    command: `make up ENV=${stack}`,
    user: "ada",
    since: new Date().toISOString(),
    process: thisProcess(),
    host: thisHost(),
  };
  fs.mkdirSync(path.join(dataRoot, "lock"));
  fs.writeFileSync(path.join(dataRoot, "lock", `${stack}.json`), JSON.stringify(holder));
}

function script(name: string, variables: NodeJS.ProcessEnv): Promise<CommandResult> {
  return runCommand("node", ["--import", "tsx", `scripts/${name}.ts`], {
    folder: projectRoot,
    environment: { BERTH_DATA_ROOT: dataRoot, ...variables },
  });
}

test.each([
  ["promote", { APP: "shop", TO: "tst" }, "tst"],
  ["promote", { APP: "shop", TO: "pro" }, "pro"],
  ["rollback", { APP: "shop", ENV: "tst", UP: "no" }, "tst"],
])(
  "make %s %j waits for nobody: it names who changes that stack, and writes nothing",
  async (name, variables, stack) => {
    hold(stack);
    const file = path.join(projectRoot, `Pulumi.${stack}.yaml`);
    const before = fs.readFileSync(file, "utf8");
    const { exitCode, output } = await script(name, variables);
    expect(output).toContain(`the stack '${stack}' is locked: 'make up ENV=${stack}' of ada`);
    expect(exitCode).toBe(1);
    expect(fs.readFileSync(file, "utf8")).toBe(before);
  },
);

test("the lock of one stack keeps nobody from another", async () => {
  hold("pro");
  const { output } = await script("rollback", { APP: "shop", ENV: "tst", UP: "no" });
  expect(output).not.toContain("is locked");
  expect(fs.existsSync(path.join(dataRoot, "lock", "tst.json"))).toBe(false);
});

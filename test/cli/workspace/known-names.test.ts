import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { remembering, workspaceNames } from "../../../cli/workspace/known-names";
import type { Place } from "../../../cli/workspace/place";

const home = fs.mkdtempSync(path.join(os.tmpdir(), "btest-known-names-"));
afterAll(() => fs.rmSync(home, { recursive: true, force: true }));
afterEach(() => fs.rmSync(path.join(home, "workspaces"), { recursive: true, force: true }));

const setting = <Value>(value: Value) => ({ value, source: "default" as const });
const owner = { home: setting(home), devId: setting("01") };
const fact = { workspace: "mine" };
const place = remembering(
  { create: () => Promise.resolve(fact), list: () => Promise.resolve([fact]) } as unknown as Place,
  "local",
  owner,
);

it("knows what was created, for the tab key", async () => {
  await place.create({} as never, {} as never);
  expect(workspaceNames(owner)).toEqual(["mine"]);
});

it("a command has done its work where the name cannot be kept, and says so", async () => {
  fs.writeFileSync(path.join(home, "workspaces"), "a file where the folder would be");
  const told = jest.spyOn(process.stderr, "write").mockReturnValue(true);
  try {
    expect(await place.create({} as never, {} as never)).toBe(fact);
    expect(told.mock.calls.join("")).toMatch(
      /the tab key will not know of it, since .*01\.json cannot be written/,
    );
  } finally {
    told.mockRestore();
  }
});

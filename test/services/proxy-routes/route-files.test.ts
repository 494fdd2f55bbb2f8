import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { applyRoutes } from "../../../services/proxy-routes/route-files";

let folder: string;
beforeEach(() => {
  folder = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "btest-routes-")), "routes");
});
afterEach(() => fs.rmSync(path.dirname(folder), { recursive: true }));

const shop = { host: "shop.01.localhost", target: "shop-a:3000" };
const ledger = { host: "ledger.01.localhost", target: "ledger-a:8000" };

describe("the folder of routes", () => {
  it("holds one file for each route and nothing else", async () => {
    fs.mkdirSync(folder);
    fs.writeFileSync(path.join(folder, "gone.01.localhost@gone:1"), "");
    expect(await applyRoutes(folder, [shop, ledger])).toEqual({
      added: ["ledger.01.localhost@ledger-a:8000", "shop.01.localhost@shop-a:3000"],
      removed: ["gone.01.localhost@gone:1"],
    });
    expect(fs.readdirSync(folder).sort()).toEqual([
      "ledger.01.localhost@ledger-a:8000",
      "shop.01.localhost@shop-a:3000",
    ]);
  });

  it("is not touched when nothing has changed", async () => {
    await applyRoutes(folder, [shop]);
    expect(await applyRoutes(folder, [shop])).toEqual({ added: [], removed: [] });
  });

  it("exchanges the file of a host whose container has changed", async () => {
    await applyRoutes(folder, [shop]);
    await applyRoutes(folder, [{ ...shop, target: "shop-b:3000" }]);
    expect(fs.readdirSync(folder)).toEqual(["shop.01.localhost@shop-b:3000"]);
  });
});

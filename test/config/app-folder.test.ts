import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { readApp } from "../../config/app-folder";

const manifest = "name: cart\nlanguage: python\nport: 8000\nlive: { paths: [src] }\n";
let project: string;

beforeEach(() => {
  project = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "btest-app-folder-")));
  fs.mkdirSync(path.join(project, "apps/cart/src"), { recursive: true });
  fs.writeFileSync(path.join(project, "apps/cart/berth.yaml"), manifest);
});
afterEach(() => fs.rmSync(project, { recursive: true }));

const entry = { path: "apps/cart", developerId: "01", reload: true };

describe("an app's folder", () => {
  it("gives the app's own description, its absolute folder and the folders that are live", () => {
    const app = readApp(project, entry);
    expect(app.manifest.name).toBe("cart");
    expect(app.absoluteFolder).toBe(path.join(project, "apps/cart"));
    expect(app.livePaths).toEqual(["src"]);
  });

  it("is live where the config says rather than where its berth.yaml says", () => {
    fs.mkdirSync(path.join(project, "apps/cart/lib/deep"), { recursive: true });
    expect(readApp(project, { ...entry, mounts: ["lib/deep"] }).livePaths).toEqual(["lib/deep"]);
    expect(readApp(project, { ...entry, mounts: [] }).livePaths).toEqual([]);
  });

  it("has no live folders where it runs a built image", () => {
    const app = readApp(project, { path: "apps/cart", image: "sha256:abc" });
    expect(app).toMatchObject({ livePaths: [], reload: false, developerId: undefined, image: "sha256:abc" });
  });

  it("without a berth.yaml is an error that names the file and both ways out", () => {
    expect(() => readApp(project, { ...entry, path: "apps/none" })).toThrow(
      /^apps\/none\/berth\.yaml does not exist: .*berth\.yaml.*berth:apps/,
    );
  });

  it("with a wrong berth.yaml is an error with file, line and column", () => {
    fs.writeFileSync(path.join(project, "apps/cart/berth.yaml"), `${manifest}prot: 1\n`);
    expect(() => readApp(project, entry)).toThrow(/^apps\/cart\/berth\.yaml:5:\d+: prot is not a known key/);
  });

  it("may not list a live folder that is missing", () => {
    expect(() => readApp(project, { ...entry, mounts: ["gone"] })).toThrow(
      /apps\/cart\/gone is no folder: create it, or remove it from live\.paths/,
    );
  });

  it("may not list a file as a live folder, since an editor replaces a file and the mount would keep the old one", () => {
    expect(() => readApp(project, { ...entry, mounts: ["berth.yaml"] })).toThrow(/is no folder/);
  });

  it.each([
    ["the live folder itself", "apps/cart/link", "link"],
    ["a folder on the way to it", "apps/cart/way", "way/etc"],
  ])("may not reach outside by a symbolic link at %s", (_, link, mount) => {
    fs.symlinkSync("/", path.join(project, link));
    expect(() => readApp(project, { ...entry, mounts: [mount] })).toThrow(
      /passes the symbolic link '(link|way)': .*mount the folder it points to/,
    );
  });

  it("may not itself be reached through a symbolic link", () => {
    fs.symlinkSync("apps/cart", path.join(project, "linked"));
    expect(() => readApp(project, { ...entry, path: "linked" })).toThrow(/passes the symbolic link 'linked'/);
  });
});

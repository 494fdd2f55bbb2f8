import * as fs from "node:fs";
import * as path from "node:path";
import { EXIT } from "../../cli/failure";
import { RunLab } from "./run-lab";
import type { SyncLaptop } from "./sync-lab";

let lab: RunLab;
let laptop: SyncLaptop;
let folder: string;
beforeAll(async () => {
  lab = await RunLab.start();
  laptop = await lab.laptop("01");
  folder = path.join(laptop.workspace, "shop");
  lab.writeDockerfile(folder);
});
afterAll(() => lab.dispose());

const image = (tag: string): string => `${lab.prefix}-shop:dev-01-${tag}`;

describe("the image under live source", () => {
  it("is built once, from the dev stage; what it installed stays under the source", async () => {
    const first = await lab.run(laptop, "shop", "--reload");
    expect(first.image).toMatchObject({ name: image("reload"), built: true });
    const shown = await lab.sync.lab.host(
      "exec",
      lab.name(laptop),
      "cat",
      "node_modules/dependency/index.js",
    );
    expect(shown).toBe('module.exports = "of the image"');
    expect(fs.existsSync(path.join(folder, "node_modules/dependency"))).toBe(false);
    laptop.write({ "server.js": fs.readFileSync(path.join(folder, "server.js"), "utf8") + "// edited\n" });
    const second = await lab.run(laptop, "shop", "--reload");
    expect(second).toMatchObject({ action: "kept", image: { id: first.image.id, built: false } });
  });

  it("leaves the packages in their volume to the next container of the same image", async () => {
    const packages = async (): Promise<string | undefined> =>
      (await lab.inspect(lab.name(laptop)))?.Mounts.find(
        ({ Destination }) => Destination === "/app/node_modules",
      )?.Name;
    const before = await packages();
    lab.writeApp(laptop, "shop", "capabilities: [CHOWN]\n");
    const { action, image: same } = await lab.run(laptop, "shop", "--reload");
    expect({ action, built: same.built }).toEqual({ action: "replaced", built: false });
    expect(await packages()).toBe(before);
    expect(await lab.answer(laptop)).toMatchObject({ word: "one" });
  });

  it("is built again when its packages change, and the container is replaced with nothing left of the old one", async () => {
    const before = await lab.inspect(lab.name(laptop));
    laptop.write({ "package.json": '{ "name": "changed" }\n' });
    const fact = await lab.run(laptop, "shop", "--reload");
    expect(fact).toMatchObject({ action: "replaced", image: { built: true } });
    const kept = before?.Mounts.find(({ Destination }) => Destination === "/app/node_modules");
    const volumes = await lab.sync.lab.host("volume", "ls", "-q");
    expect(kept?.Name).toBeTruthy();
    expect(volumes).not.toContain(kept?.Name);
  });

  it("that cannot be built ends the command with the failing step and its last lines, and the app goes on", async () => {
    const dockerfile = path.join(folder, "Dockerfile");
    const good = fs.readFileSync(dockerfile, "utf8");
    fs.writeFileSync(
      dockerfile,
      good.replace("COPY package.json", "RUN echo it is here && false\nCOPY package.json"),
    );
    const result = await lab.berth(laptop, "run", "shop", "--reload");
    fs.writeFileSync(dockerfile, good);
    expect(result.exitCode).toBe(EXIT.failed);
    expect(result.output).toMatch(/image .*shop:dev-01-reload of app 'shop' cannot be built/);
    expect(result.output).toMatch(
      /Failing step of .*Dockerfile: Step \d+\/\d+ : RUN echo.*\nIts last lines:\n {2}it is here/,
    );
    expect(await lab.answer(laptop)).toMatchObject({ word: "one" });
  });
});

describe("berth build", () => {
  it("is named by `berth run` where its image is missing", async () => {
    const result = await lab.berth(laptop, "run", "shop", "--tag", "one");
    expect(result.exitCode).toBe(EXIT.failed);
    expect(result.output).toContain(
      `there is no image ${image("one")}: build it with \`berth build shop --tag one\``,
    );
  });

  it("builds the runtime stage on the shared host, tells how it goes, and uses what was built before", async () => {
    const built = await lab.berth(laptop, "build", "shop", "--json");
    expect(built.output).toMatch(/Step 1\/\d+ : ARG BERTH_RUNTIME_IMAGE/);
    const first = JSON.parse(built.stdout) as { image: string; id: string };
    expect(first.image).toBe(image("latest"));
    const again = await lab.fact<{ id: string; steps: number; cachedSteps: number }>(laptop, "build", "shop");
    expect(again.id).toBe(first.id);
    expect(again.cachedSteps).toBeGreaterThan(0);
    expect(await lab.sync.lab.host("image", "inspect", image("latest"), "--format", "{{.Id}}")).toBe(
      first.id,
    );
  });

  it("makes what `berth run` without --reload runs: the image as it is, whatever is edited here", async () => {
    laptop.write({ "word.js": 'module.exports = "edited since";\n' });
    expect((await lab.run(laptop, "shop")).image).toMatchObject({ name: image("latest"), built: false });
    expect(await lab.answer(laptop)).toMatchObject({ word: "one" });
    await lab.fact(laptop, "build", "shop", "--tag", "next");
    expect((await lab.run(laptop, "shop", "--tag", "next")).action).toBe("replaced");
    expect(await lab.answer(laptop)).toMatchObject({ word: "edited since" });
  });

  it("needs a Dockerfile and a tag of one's own", async () => {
    lab.writeApp(laptop, "plain");
    const plain = await lab.berth(laptop, "build", "plain");
    expect(plain.exitCode).toBe(EXIT.usage);
    expect(plain.output).toMatch(/app 'plain' has no Dockerfile in .*write one with a stage 'runtime'/);
    expect((await lab.berth(laptop, "build", "shop", "--tag", "reload")).output).toContain("choose another");
  });
});

it("an app in a context above it works in its own folder of the volume, and its packages stay", async () => {
  const app = lab.writeApp(laptop, "apps/web", "build: { context: ../.. }\n", "web");
  fs.writeFileSync(path.join(laptop.workspace, "shared.txt"), "of the whole workspace");
  const fact = await lab.run(laptop, "web", "--reload");
  expect(fact.action).toBe("created");
  expect(await lab.answer(laptop, "web")).toMatchObject({ cwd: "/app/apps/web", word: "one" });
  expect(await lab.sync.lab.host("exec", lab.name(laptop, "web"), "cat", "/app/shared.txt")).toBe(
    "of the whole workspace",
  );
  fs.rmSync(app, { recursive: true });
});

import * as fs from "node:fs";
import * as path from "node:path";
import { EXIT } from "../../cli/failure";
import { RunLab } from "./run-lab";
import type { SyncLaptop } from "./sync-lab";

let lab: RunLab;
let laptop: SyncLaptop;
beforeAll(async () => {
  lab = await RunLab.start();
  laptop = await lab.laptop("01");
});
afterAll(() => lab.dispose());

describe("berth run --reload", () => {
  it("brings the source to the host and the app up, tells where it is, and an edit is live", async () => {
    const fact = await lab.run(laptop, "shop", "--reload");
    expect(fact).toMatchObject({ action: "created", container: lab.name(laptop), reachable: false });
    expect(fact.url).toMatch(/^http:\/\/shop\.01\.localhost:\d+\/$/);
    expect(await lab.answer(laptop)).toEqual({ word: "one", cwd: "/app", uid: 10001, secrets: [] });
    laptop.write({ "word.js": 'module.exports = "two";\n' });
    await laptop.until("the edit", async () => (await lab.word(laptop)) === "two");
  });

  it("does nothing where nothing has changed, and starts what was stopped", async () => {
    const before = await lab.inspect(lab.name(laptop));
    expect((await lab.run(laptop, "shop", "--reload")).action).toBe("kept");
    await lab.fact(laptop, "stop", "shop");
    expect((await lab.inspect(lab.name(laptop)))?.State.Running).toBe(false);
    expect((await lab.run(laptop, "shop", "--reload")).action).toBe("started");
    expect((await lab.inspect(lab.name(laptop)))?.Id).toBe(before?.Id);
  });

  it("replaces the container where its berth.yaml has changed; the source stays where it is", async () => {
    const before = await lab.inspect(lab.name(laptop));
    lab.writeApp(laptop, "shop", "services: {}\nlive: { target: /srv/shop }\n");
    expect((await lab.run(laptop, "shop", "--reload")).action).toBe("replaced");
    expect(await lab.answer(laptop)).toMatchObject({ cwd: "/srv/shop" });
    const after = await lab.inspect(lab.name(laptop));
    expect(after?.Id).not.toBe(before?.Id);
    const volume = `${lab.name(laptop)}-source`;
    expect(after?.Mounts.map(({ Name }) => Name)).toEqual([volume]);
  });

  it("gives secrets as files, replaces the container for a new value, and shows none in its labels", async () => {
    lab.writeApp(laptop, "shop", "secrets: [stripe-key]\n");
    const missing = await lab.berth(laptop, "run", "shop", "--reload");
    expect(missing.output).toMatch(/without a value: stripe-key.*berth secrets set stripe-key/s);
    for (const value of ["first", "second"]) {
      await laptop.laptop.shell(`printf ${value} | $BERTH secrets set stripe-key`);
      expect((await lab.run(laptop, "shop", "--reload")).action).toBe("replaced");
      const file = "/run/secrets/berth/stripe-key";
      expect(await lab.sync.lab.host("exec", lab.name(laptop), "cat", file)).toBe(value);
    }
    expect(JSON.stringify((await lab.inspect(lab.name(laptop)))?.Config)).not.toContain("second");
    expect((await lab.run(laptop, "shop", "--reload")).action).toBe("kept");
  });

  it("says why an app does not come up, with its last lines, soon; the edit that mends it is live", async () => {
    const folder = lab.writeApp(laptop, "broken");
    laptop.write({ "word.js": 'throw new Error("not today");\n' }, folder);
    fs.writeFileSync(path.join(folder, "berth.yaml"), withoutWatching(folder));
    const result = await lab.berth(laptop, "run", "broken", "--reload");
    expect(result.exitCode).toBe(EXIT.failed);
    expect(result.output).toMatch(/app 'broken' is not healthy: it ended with exit code 1 and starts again/);
    expect(result.output).toMatch(/berth logs broken -f.*Error: not today/s);
    laptop.write({ "word.js": 'module.exports = "mended";\n' }, folder);
    await laptop.until("the edit", async () => (await lab.word(laptop, "broken")) === "mended");
  });

  it("stops the app where its source cannot be synchronised, and names the way out", async () => {
    await lab.run(laptop, "shop", "--reload");
    const words = ["run", "shop", "--reload", "--workspace", laptop.workspace].join(" ");
    const withoutDocker = path.join(laptop.laptop.home, "bin");
    fs.mkdirSync(withoutDocker);
    fs.symlinkSync(process.execPath, path.join(withoutDocker, "node"));
    const result = await laptop.laptop.shell(`PATH=${withoutDocker} $BERTH ${words}`);
    expect(result.exitCode).not.toBe(0);
    expect(result.output).toMatch(
      /source of app 'shop' cannot be synchronised: .*docker.*\nIts container is stopped\./s,
    );
    expect(result.output).toContain("berth sync reset shop");
    expect((await lab.inspect(lab.name(laptop)))?.State.Running).toBe(false);
  });

  it("publishes ports in the developer's range on request, and the debugger listens there", async () => {
    const fact = await lab.run(laptop, "shop", "--reload", "--debug", "--port", "20142");
    expect(fact.published).toEqual([
      { containerPort: 3000, address: "127.0.0.1:20142" },
      { containerPort: 9229, address: expect.stringMatching(/^127\.0\.0\.1:201\d\d$/) as unknown },
    ]);
    const debuggers = await fetch(`http://${fact.published[1]?.address}/json/version`);
    expect(await debuggers.json()).toMatchObject({ Browser: expect.stringContaining("node") as unknown });
    const outside = await lab.berth(laptop, "run", "shop", "--reload", "--port", "80");
    expect(outside.output).toContain("host port 80 is outside your range 20100-20199");
    expect(outside.exitCode).toBe(EXIT.refused);
  });
});

describe("a container of that name that is not one of `berth run`", () => {
  it("stays as it is, and the message says what to do", async () => {
    lab.writeApp(laptop, "mine");
    laptop.docker("create", "--name", "mine", lab.runtimeImage);
    const before = await lab.inspect(lab.name(laptop, "mine"));
    const result = await lab.berth(laptop, "run", "mine", "--reload");
    expect(result.exitCode).toBe(EXIT.failed);
    expect(result.output).toMatch(/is not one of `berth run`, and stays as it is: .*docker rm -f/);
    expect((await lab.inspect(lab.name(laptop, "mine")))?.Id).toBe(before?.Id);
  });
});

describe("berth ps and stop", () => {
  it("show and stop the developer's own apps, and nobody else's", async () => {
    const other = await lab.laptop("02");
    await Promise.all([lab.run(laptop, "shop", "--reload"), lab.run(other, "shop", "--reload")]);
    const apps = await lab.fact<object[]>(laptop, "ps");
    expect(apps).toContainEqual(
      expect.objectContaining({
        ...{ app: "shop", environment: "dev", state: "healthy", container: lab.name(laptop) },
        ...{ sync: "watching", conflicts: 0, problems: 0 },
        cpuPercent: expect.any(Number) as unknown,
        memoryMb: expect.any(Number) as unknown,
      }),
    );
    expect(JSON.stringify(apps)).not.toContain(lab.name(other));
    const table = (await lab.berth(laptop, "ps")).stdout;
    expect(table).toMatch(/shop +healthy +Up .* watching +\d+\.\d % +\d+ MB +http:\/\/shop\.01\.localhost/);

    expect(await lab.fact(laptop, "down-app", "shop", "nothing")).toEqual({
      apps: [
        { app: "shop", stopped: true },
        { app: "nothing", stopped: false },
      ],
    });
    expect((await lab.inspect(lab.name(other)))?.State.Running).toBe(true);
    await lab.fact(laptop, "stop", "shop", "--remove");
    expect(await lab.inspect(lab.name(laptop))).toBeUndefined();
    expect((await lab.run(laptop, "shop", "--reload")).action).toBe("created");
    expect(await lab.answer(laptop)).toMatchObject({ word: "one" });
  });
});

/** The same berth.yaml, but the app ends when it fails, and is started again by the engine. */
function withoutWatching(folder: string): string {
  return fs.readFileSync(path.join(folder, "berth.yaml"), "utf8").replace("node, --watch,", "node,");
}

import * as fs from "node:fs";
import * as path from "node:path";
import { makeCheckout, type Checkout } from "../support/checkout";
import { freePort } from "../support/free-port";
import { listEngine } from "../support/engine-listing";

jest.setTimeout(10 * 60_000);

let checkout: Checkout;

beforeAll(async () => {
  checkout = await makeCheckout();
});

afterAll(async () => {
  const purged = await checkout.run("make", ["purge", "ENV=dev"], { YES: "1" });
  checkout.remove();
  if (purged.exitCode !== 0) throw new Error(`purge failed:\n${purged.stdout}\n${purged.stderr}`);
});

describe("make up", () => {
  it("refuses a bad config with every problem at once, before anything is touched", async () => {
    checkout.configure("redis", { memorymb: 256 });
    checkout.configure("proxy", { httpPort: 70000 });
    const { exitCode, stdout } = await checkout.run("make", ["up"]);
    expect(exitCode).not.toBe(0);
    expect(stdout).toContain(
      "berth:redis.memorymb is not a known key: did you mean 'memoryMb'? (Pulumi.dev.yaml)",
    );
    expect(stdout).toContain("berth:proxy.httpPort must be at most 65535 (Pulumi.dev.yaml)");
    expect(await listEngine(checkout.namePrefix)).toEqual({
      containers: [],
      networks: [],
      volumes: [],
      images: [],
    });
    checkout.configure("redis", {});
    checkout.configure("proxy", { httpPort: await freePort() });
  });

  it("names the service that does not become healthy, with its last log lines, and converges once it is mended", async () => {
    const config = path.join(checkout.folder, "images/redis/redis.conf");
    const right = fs.readFileSync(config, "utf8");
    fs.writeFileSync(config, `${right}\nno-such-directive yes\n`);
    const failed = await checkout.run("make", ["up"]);
    expect(failed.exitCode).not.toBe(0);
    expect(failed.stdout).toContain(`${checkout.namePrefix}-dev-redis`);
    expect(failed.stdout).toContain("no-such-directive");

    fs.writeFileSync(config, right);
    const mended = await checkout.run("make", ["up"]);
    expect(mended.stdout).toMatch(/redis .*healthy/);
    expect(mended.exitCode).toBe(0);
  });
});

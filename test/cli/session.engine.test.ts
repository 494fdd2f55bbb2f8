import * as fs from "node:fs";
import { EXIT } from "../../cli/failure";
import { CliLab } from "./cli-lab";
import type { Laptop } from "./laptop";

let cli: CliLab;
beforeAll(async () => {
  cli = await CliLab.start();
  await cli.makeNetwork();
});
afterAll(() => cli.dispose());

/** Has the server's thresholds be others, so that a fresh certificate is as near to its end as one wants. */
function thresholds(laptop: Laptop, days: { offeredFromDays: number; warnFromDays: number }): void {
  const facts = JSON.parse(laptop.read("server.json")) as object;
  const changed = { ...facts, thresholds: { ...days, mustRenewUnderDays: 0 } };
  fs.writeFileSync(laptop.file("server.json"), JSON.stringify(changed));
}

describe("every command", () => {
  it("renews the certificate by itself once the server offers it, in place", async () => {
    const laptop = await cli.onboarded("01");
    const before = laptop.read("cert.pem");
    thresholds(laptop, { offeredFromDays: 4_000, warnFromDays: 4_000 });
    const { exitCode, output } = await laptop.berth("ps");
    expect(exitCode).toBe(EXIT.ok);
    expect(output).not.toContain("berth dev renew");
    expect(laptop.read("cert.pem")).not.toBe(before);
  });

  it("goes on with a warning where that fails, since the certificate is still good", async () => {
    const laptop = await cli.onboarded("02");
    thresholds(laptop, { offeredFromDays: 4_000, warnFromDays: 4_000 });
    const { exitCode, output } = await laptop.berth("ps", "--server", "https://127.0.0.1:1");
    expect(output).toMatch(/berth: the certificate could not be renewed: 127\.0\.0\.1:1 cannot be reached/);
    expect(output).toMatch(/berth: the certificate ends in \d+ days, .*berth dev renew/);
    expect(exitCode).toBe(EXIT.ok);
  });

  it("warns before that, and leaves the certificate as it is", async () => {
    const laptop = await cli.onboarded("03");
    const before = laptop.read("cert.pem");
    thresholds(laptop, { offeredFromDays: 1, warnFromDays: 4_000 });
    expect((await laptop.berth("ps")).output).toMatch(/^berth: the certificate ends in \d+ days/);
    expect(laptop.read("cert.pem")).toBe(before);
  });

  it("says in one sentence how to get in where there is no identity, or it has ended", async () => {
    const { exitCode, output } = await cli.laptop("04").berth("ps", "--dev-id", "04");
    expect(exitCode).toBe(EXIT.refused);
    expect(output.trim().split("\n")).toHaveLength(1);
    expect(output).toMatch(
      /there is no identity; onboard again with a PIN: berth dev init --dev-id 04 --pin …/,
    );
  });

  it("is not led astray by the docker settings of whoever runs it", async () => {
    const laptop = await cli.onboarded("05");
    const line = "DOCKER_HOST=tcp://127.0.0.1:1 DOCKER_CERT_PATH=/nowhere DOCKER_TLS_VERIFY=1 $BERTH ps";
    expect(await laptop.shell(line)).toMatchObject({ exitCode: EXIT.ok });
  });

  it("names the gateway and `berth dev init` where the gateway cannot be reached", async () => {
    const laptop = await cli.onboarded("06");
    await cli.stopGateway();
    const { exitCode, output } = await laptop.berth("ps");
    expect(exitCode).toBe(EXIT.unreachable);
    expect(output).toMatch(/the gateway 127\.0\.0\.1:\d+ cannot be reached: .*berth dev init/);
  });
});

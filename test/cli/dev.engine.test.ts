import { X509Certificate } from "node:crypto";
import { CliLab } from "./cli-lab";

jest.setTimeout(60_000);

let cli: CliLab;
beforeAll(async () => {
  cli = await CliLab.start();
});
afterAll(() => cli?.dispose());

interface InitFacts {
  identity: string;
  serial: string;
  engine: { version: string };
}

describe("berth dev init", () => {
  it("gets an identity for a PIN and tests the gateway with it", async () => {
    const laptop = cli.laptop("01");
    const { exitCode, output } = await laptop.init(cli, await cli.lab.pin("01"));
    expect([exitCode, output]).toEqual([0, expect.stringContaining("answers: engine")]);
    expect(new X509Certificate(laptop.read("cert.pem")).subject).toContain("CN=01");
    expect(await laptop.berthJson<InitFacts>("dev", "init")).toMatchObject({ identity: "kept" });
  });
});

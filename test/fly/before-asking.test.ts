import { MachinesApi } from "../../services/fly-machines/api";
import { withoutSecrets } from "../../services/fly-machines/redact";
import { readSettings } from "../../services/fly-machines/settings";
import { STEPS } from "../../services/fly-machines/steps";
import { volume } from "./requests";

describe("before Fly.io is asked", () => {
  test.each<[string, NodeJS.ProcessEnv, RegExp]>([
    ["no token", {}, /no token: set FLY_API_TOKEN to one that 'fly tokens create org' makes/],
    ["an empty token", { FLY_API_TOKEN: " " }, /no token/],
    ["a token and more", { FLY_API_TOKEN: "FlyV1 fm2_x\nname: x" }, /holds more than a token/],
    ["an address that is none", { FLY_API_TOKEN: "x", FLY_API_HOSTNAME: "api" }, /FLY_API_HOSTNAME is 'api'/],
    ["no web address", { FLY_API_TOKEN: "x", FLY_FLAPS_BASE_URL: "ftp://x" }, /FLY_FLAPS_BASE_URL is 'ftp/],
  ])("%s is refused", (_, environment, says) => {
    expect(() => readSettings(environment)).toThrow(says);
  });

  test.each([
    ["fm2_abc", "FlyV1 fm2_abc"],
    ["FlyV1 fm2_abc,fm2_def", "FlyV1 fm2_abc,fm2_def"],
    ["fo1_abc", "Bearer fo1_abc"],
  ])("the token %s is sent as %s", (token, authorization) => {
    expect(readSettings({ FLY_API_TOKEN: token })).toEqual({
      address: "https://api.machines.dev",
      authorization,
    });
  });

  test("the address is the one that Fly's own tools take", () => {
    const environment = {
      FLY_API_TOKEN: "x",
      FLY_FLAPS_BASE_URL: "",
      FLY_API_HOSTNAME: "http://_api.internal:4280/",
    };
    expect(readSettings(environment).address).toBe("http://_api.internal:4280");
  });

  test("a message loses what is secret in it, and a request says what it lacks", async () => {
    const settings = { address: "", authorization: "FlyV1 fm2_token" };
    const api = new MachinesApi(settings);
    const input = { values: { A: "canary", B: "canary-and-more", C: "x" } };
    expect(withoutSecrets("canary-and-more, canary, fm2_token, x", settings, input)).toBe("…, …, …, x");
    await expect(STEPS.volume.make(api, { ...volume, sizeGb: "canary" })).rejects.toThrow(
      /standard input does not say how to make the volume: sizeGb: (?!.*canary)/,
    );
  });
});

import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { dockerEnvironment, exportsOf } from "../../cli/dev/env";
import { Failure } from "../../cli/failure";
import { configPath, readSettings, writeConfigFile, type SettingFlags } from "../../cli/settings";

const home = fs.mkdtempSync(path.join(os.tmpdir(), "btest-settings-"));
afterAll(() => fs.rmSync(home, { recursive: true }));
beforeEach(() => fs.rmSync(configPath(home), { force: true }));

const read = (flags: SettingFlags, environment = {}) =>
  readSettings(flags, { BERTH_HOME: home, ...environment });

describe("a setting", () => {
  it("comes from the flag before the environment, and from that before the file", () => {
    writeConfigFile(home, { devId: "03", server: "https://file:8443" });
    expect(read({}).devId).toEqual({ value: "03", source: "file" });
    expect(read({}, { BERTH_DEV_ID: "02" }).devId).toEqual({ value: "02", source: "environment" });
    expect(read({ devId: "01" }, { BERTH_DEV_ID: "02" }).devId).toEqual({ value: "01", source: "flag" });
    expect(read({}, { BERTH_SERVER: "" }).server).toEqual({ value: "https://file:8443", source: "file" });
  });

  it("has a default only where that makes sense", () => {
    expect(readSettings({}, { HOME: home }).home.source).toBe("default");
    expect(read({}).server).toEqual({ value: undefined, source: "default" });
  });

  it.each([
    [{ server: "http://host:8443" }, "https://host:8443"],
    [{ server: "https://host/path" }, "https://host:8443"],
    [{ server: "host:8443" }, "https://host:8443"],
    [{ devId: "Ünix" }, "lower-case"],
    [{ devId: "../01" }, "lower-case"],
    [{ devId: "registry" }, "Berth uses that name itself"],
  ])("that cannot be is refused with what to give: %j", (flags, advice) => {
    expect(() => read(flags)).toThrow(Failure);
    expect(() => read(flags)).toThrow(advice);
  });

  it("that config.yaml does not know is named with the file", () => {
    fs.writeFileSync(configPath(home), "server: https://host:8443\nworkspacRoot: /srv\n");
    expect(() => read({})).toThrow(
      `${configPath(home)}:2:1: workspacRoot is not a known key: did you mean 'workspaceRoot'?`,
    );
  });
});

it("the exports are safe in a shell, whatever the folder is called", () => {
  const environment = dockerEnvironment("tcp://host:2376", "/home/o'neil $(id)/.berth/certs/01");
  expect(exportsOf(environment).split("\n")).toEqual([
    "export DOCKER_HOST=tcp://host:2376",
    "export DOCKER_TLS_VERIFY=1",
    "export DOCKER_CERT_PATH='/home/o'\\''neil $(id)/.berth/certs/01'",
    "export DOCKER_BUILDKIT=0",
  ]);
});

import { loginFromConfig, readDockerConfig } from "../../../plugins/docker/engine/docker-config";
import { RegistryCredentials, registryUrl } from "../../../plugins/docker/engine/registry-auth";
import { readRegistryEntries } from "../../../plugins/docker/engine/registry-entries";
import { parseChallenge } from "../../../plugins/docker/registry/token";

test("a login belongs to its registry, however its address is written", () => {
  const credentials = new RegistryCredentials([
    { address: "https://registry.example.com/v2/", username: "u", password: "p" },
  ]);
  expect(credentials.login("registry.example.com")).toEqual({ username: "u", password: "p" });
  expect(credentials.login("other.example.com")).toBeUndefined();
});

test("all names of Docker Hub are one registry", () => {
  const credentials = new RegistryCredentials([
    { address: "https://index.docker.io/v1/", username: "u", password: "p" },
  ]);
  expect(credentials.login("docker.io")).toEqual({ username: "u", password: "p" });
});

test("registries speak HTTPS, but on this machine or where their address says otherwise", () => {
  expect(registryUrl("registry.example.com")).toBe("https://registry.example.com");
  expect(registryUrl("http://registry.example.com:5000")).toBe("http://registry.example.com:5000");
  expect(registryUrl("127.0.0.1:5000")).toBe("http://127.0.0.1:5000");
  expect(registryUrl("https://localhost:5000")).toBe("https://localhost:5000");
  expect(registryUrl("docker.io")).toBe("https://registry-1.docker.io");
});

test("a login in docker's configuration may be split or encoded, and its password may have colons", async () => {
  const auth = Buffer.from("u:p:with:colons").toString("base64");
  expect(await loginFromConfig({ auths: { "https://a.example.com": { auth } } }, "a.example.com")).toEqual({
    username: "u",
    password: "p:with:colons",
  });
  expect(
    await loginFromConfig({ auths: { "b.example.com": { username: "u", password: "p" } } }, "b.example.com"),
  ).toEqual({ username: "u", password: "p" });
  expect(await loginFromConfig({}, "c.example.com")).toBeUndefined();
});

test("registryAuth takes its login from the program or from a configuration's text", async () => {
  const auth = Buffer.from("u2:p2").toString("base64");
  const entries = await readRegistryEntries([
    { address: "a.example.com", username: "u", password: "p" },
    { address: "b.example.com", configFileContent: JSON.stringify({ auths: { "b.example.com": { auth } } }) },
    { address: "http://c.example.com", authDisabled: true },
  ]);
  expect(entries).toEqual([
    { address: "a.example.com", username: "u", password: "p" },
    { address: "b.example.com", username: "u2", password: "p2" },
    { address: "http://c.example.com" },
  ]);
});

test("a configuration that cannot be read is named", async () => {
  await expect(readDockerConfig({ path: "/nowhere/config.json" })).rejects.toThrow(
    /\/nowhere\/config.json cannot be read/,
  );
  await expect(readDockerConfig({ content: "{" })).rejects.toThrow(/configFileContent is not JSON/);
});

test("a missing credential helper is named", async () => {
  await expect(loginFromConfig({ credsStore: "btest-none" }, "a.example.com")).rejects.toThrow(
    /docker-credential-btest-none failed for a.example.com/,
  );
});

test("only a Bearer challenge asks for a token", () => {
  expect(
    parseChallenge('Bearer realm="https://auth.example.com/token",service="r",scope="repository:a:pull"'),
  ).toEqual({
    realm: "https://auth.example.com/token",
    service: "r",
    scope: "repository:a:pull",
  });
  expect(parseChallenge('Basic realm="x"')).toBeUndefined();
});

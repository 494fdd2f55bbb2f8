import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { definition } from "../../../plugins/docker/definition";
import { startPlugin, type PluginClient } from "../../support/plugin-client";
import { Lab } from "./support/lab";
import { startRegistry, type Registry } from "./support/registry";
import { changes, IMAGE, make, REGISTRY_IMAGE, REMOTE_IMAGE, refresh, TAG, update } from "./support/steps";

/** Of a registry that wants a login. The hash is bcrypt of the password, as `htpasswd -B` writes it. */
const LOGIN = { username: "btest", password: "open sesame" };
const BCRYPT = "$2y$05$8leSLvXWieAKtKG6PJygyefejEzqVCrNUNcStqi409gFdWas4nujO";

const lab = new Lab();
let open: Registry;
let closed: Registry;
let plugin: PluginClient;
let withLogin: PluginClient;
let local: string;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "btest-push-"));
  [open, closed, local] = await Promise.all([
    startRegistry(),
    startRegistry({ username: LOGIN.username, bcrypt: BCRYPT }),
    lab.importImage(),
  ]);
  plugin = await startPlugin(definition);
  withLogin = await startPlugin(definition, { registryAuth: [{ address: closed.address, ...LOGIN }] });
});
afterAll(async () => {
  await Promise.all([plugin.close(), withLogin.close()]);
  await lab.dispose();
  await Promise.all([open.stop(), closed.stop()]);
  await rm(folder, { recursive: true });
});

/** A name in the open registry that only this test uses, for the local image. */
const inRegistry = (role: string, registry = open) => `${registry.address}/${lab.prefix}/${role}:v1`;
const removeLocally = (name: string) => lab.docker.getImage(name).remove({ force: true });

async function pushed(role: string, image = local): Promise<{ name: string; digest: string }> {
  const name = inRegistry(role);
  await make(plugin, TAG, { sourceImage: image, targetImage: name });
  const { id } = await make(plugin, REGISTRY_IMAGE, { name });
  return { name, digest: id };
}

describe("a tag", () => {
  test("gives an image a second name, and keeps it when it is deleted", async () => {
    const given = { sourceImage: local, targetImage: `${lab.name("second")}:v2` };
    const made = await make(plugin, TAG, given);
    const found = await lab.docker.getImage(given.targetImage).inspect();
    expect(made).toMatchObject({ id: `${local}.${given.targetImage}`, state: { sourceImageId: found.Id } });
    expect(await changes(plugin, TAG, (await refresh(plugin, TAG, made))!, given)).toEqual({});
    await plugin.delete(TAG, made);
    await expect(lab.docker.getImage(given.targetImage).inspect()).resolves.toBeDefined();
    await removeLocally(given.targetImage);
    expect(await refresh(plugin, TAG, made)).toBeUndefined();
  });

  test("of an image that is nowhere says what to do first", async () => {
    const given = { sourceImage: lab.name("none"), targetImage: lab.name("other") };
    await expect(make(plugin, TAG, given)).rejects.toThrow(/cannot be tagged.*Build or pull it first/s);
  });
});

describe("a registry image", () => {
  test("is pushed, known by its digest, and deleted from the registry", async () => {
    const name = inRegistry("pushed");
    await make(plugin, TAG, { sourceImage: local, targetImage: name });
    const given = { name };
    const made = await make(plugin, REGISTRY_IMAGE, given);
    expect(made.id).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(made.state.sha256Digest).toBe(made.id);
    expect(
      await changes(plugin, REGISTRY_IMAGE, (await refresh(plugin, REGISTRY_IMAGE, made))!, given),
    ).toEqual({});
    const imported = await plugin.read(REGISTRY_IMAGE, name);
    expect(imported).toMatchObject({ id: made.id, inputs: { name } });
    await plugin.delete(REGISTRY_IMAGE, made);
    expect(await refresh(plugin, REGISTRY_IMAGE, made)).toBeUndefined();
    await plugin.delete(REGISTRY_IMAGE, made);
  });

  test("may be kept in the registry", async () => {
    const { name, digest } = await pushed("kept");
    const made = { id: digest, inputs: { name }, state: { name, sha256Digest: digest } };
    const keeping = await update(plugin, REGISTRY_IMAGE, made, { name, keepRemotely: true });
    await plugin.delete(REGISTRY_IMAGE, keeping);
    expect(await refresh(plugin, REGISTRY_IMAGE, keeping)).toBeDefined();
  });

  test("that is not on the engine says what to do first", async () => {
    await expect(make(plugin, REGISTRY_IMAGE, { name: inRegistry("absent") })).rejects.toThrow(
      /cannot be pushed: it is not at.*docker\.Tag/s,
    );
  });

  test("goes to a registry with a login by the provider's or its own, and not without", async () => {
    const name = inRegistry("login", closed);
    await make(plugin, TAG, { sourceImage: local, targetImage: name });
    await expect(make(plugin, REGISTRY_IMAGE, { name })).rejects.toThrow(/cannot be pushed.*wants a login/s);
    const made = await make(withLogin, REGISTRY_IMAGE, { name });
    const own = { name, authConfig: { address: closed.address, ...LOGIN } };
    expect((await make(plugin, REGISTRY_IMAGE, own)).id).toBe(made.id);
    await expect(refresh(plugin, REGISTRY_IMAGE, made)).rejects.toThrow(/it wants a login \(401\)/);
    await withLogin.delete(REGISTRY_IMAGE, made);
    expect(await refresh(withLogin, REGISTRY_IMAGE, made)).toBeUndefined();
  });

  test("keeps the password secret, in the state as in messages", async () => {
    const name = inRegistry("wrong", closed);
    await make(plugin, TAG, { sourceImage: local, targetImage: name });
    const given = {
      name,
      authConfig: { address: closed.address, username: "btest", password: "wrong password" },
    };
    const { inputs } = await plugin.check(REGISTRY_IMAGE, given);
    expect(inputs.authConfig).toMatchObject({ value: { password: "wrong password" } });
    const refusal: unknown = await make(plugin, REGISTRY_IMAGE, given).catch((error: unknown) => error);
    expect(String(refusal)).toMatch(/Check the login/);
    expect(String(refusal)).not.toContain("wrong password");
  });
});

describe("a remote image", () => {
  test("is pulled by its name and removed with the resource", async () => {
    const { name, digest } = await pushed("pulled");
    await removeLocally(name);
    const made = await make(plugin, REMOTE_IMAGE, { name });
    const found = await lab.docker.getImage(name).inspect();
    expect(made).toMatchObject({
      id: found.Id + name,
      state: { imageId: found.Id, repoDigest: `${name.replace(/:v1$/, "")}@${digest}` },
    });
    expect(
      await changes(plugin, REMOTE_IMAGE, (await refresh(plugin, REMOTE_IMAGE, made))!, { name }),
    ).toEqual({});
    await plugin.delete(REMOTE_IMAGE, made);
    await expect(lab.docker.getImage(name).inspect()).rejects.toMatchObject({ statusCode: 404 });
    expect(await refresh(plugin, REMOTE_IMAGE, made)).toBeUndefined();
    await plugin.delete(REMOTE_IMAGE, made);
  });

  test("is pulled by its digest", async () => {
    const { name, digest } = await pushed("by-digest");
    await removeLocally(name);
    const byDigest = `${name.replace(/:v1$/, "")}@${digest}`;
    const made = await make(plugin, REMOTE_IMAGE, { name: byDigest });
    expect(made.state.repoDigest).toBe(byDigest);
    await plugin.delete(REMOTE_IMAGE, made);
  });

  test("may be kept on the engine", async () => {
    const { name } = await pushed("kept-locally");
    const made = await make(plugin, REMOTE_IMAGE, { name, keepLocally: true });
    await plugin.delete(REMOTE_IMAGE, made);
    await expect(lab.docker.getImage(name).inspect()).resolves.toBeDefined();
  });

  test("with a trigger is pulled anew although an older one of its name is here", async () => {
    const { name, digest } = await pushed("triggered");
    const other = await lab.importImage("other");
    await make(plugin, TAG, { sourceImage: other, targetImage: name });
    const made = await make(plugin, REMOTE_IMAGE, { name, pullTriggers: [digest], keepLocally: true });
    expect(made.state.repoDigest).toContain(digest);
    expect(made.state.imageId).toBe((await lab.docker.getImage(local).inspect()).Id);
  });

  test("in use is removed only by force, and names its users otherwise", async () => {
    // With a second name the engine would only take one of them away.
    const only = await lab.importImage("only");
    const { name } = await pushed("used", only);
    await removeLocally(only);
    const made = await make(plugin, REMOTE_IMAGE, { name });
    const user = await lab.docker.createContainer({
      Image: name,
      Cmd: ["true"],
      name: lab.name("image-user"),
    });
    await expect(plugin.delete(REMOTE_IMAGE, made)).rejects.toThrow(
      new RegExp(`Used by containers: .*${lab.name("image-user")}.*forceRemove`, "s"),
    );
    const forced = await update(plugin, REMOTE_IMAGE, made, { name, forceRemove: true });
    await plugin.delete(REMOTE_IMAGE, forced);
    await user.remove({ force: true });
  });

  test("that the registry has not says what to check", async () => {
    await expect(make(plugin, REMOTE_IMAGE, { name: inRegistry("nowhere") })).rejects.toThrow(
      /cannot be pulled.*does not have it: correct its name, or build and push it first/s,
    );
  });
});

describe("functions", () => {
  test("getRegistryImage and getRemoteImage tell the digest", async () => {
    const { name, digest } = await pushed("asked");
    const remote = await plugin.invoke("docker:index/getRegistryImage:getRegistryImage", { name });
    expect(remote.result).toMatchObject({ id: digest, name, sha256Digest: digest });
    const here = await plugin.invoke("docker:index/getRemoteImage:getRemoteImage", { name });
    expect(here.result).toMatchObject({ name, repoDigest: expect.stringContaining(digest) as string });
  });

  test("say so when there is no such image", async () => {
    const name = inRegistry("unknown");
    await expect(plugin.invoke("docker:index/getRegistryImage:getRegistryImage", { name })).rejects.toThrow(
      `is not in registry ${open.address}`,
    );
    await expect(plugin.invoke("docker:index/getRemoteImage:getRemoteImage", { name })).rejects.toThrow(
      /pull it/,
    );
  });
});

describe.each(["BuilderV1", "BuilderBuildKit"])("an image built with %s", (builderVersion) => {
  async function context(role: string, dockerfile: string): Promise<string> {
    const path = await mkdtemp(join(folder, `${role}-`));
    await writeFile(join(path, "Dockerfile"), dockerfile);
    return path;
  }

  test("is pushed with the credentials of the program, and known by the registry's digest", async () => {
    const imageName = inRegistry(`built-${builderVersion.toLowerCase()}`, closed);
    const path = await context("built", `FROM ${local}\nLABEL built=${builderVersion}\n`);
    const made = await make(plugin, IMAGE, {
      imageName,
      registry: { server: closed.address, ...LOGIN },
      build: { context: path, builderVersion },
    });
    const { result } = await withLogin.invoke("docker:index/getRegistryImage:getRegistryImage", {
      name: imageName,
    });
    expect(made.state).toMatchObject({
      repoDigest: `${imageName.replace(/:v1$/, "")}@${result.sha256Digest as string}`,
      registryServer: closed.address,
    });
    expect(JSON.stringify(made.inputs.registry)).toContain(LOGIN.password);
    expect(made.inputs.registry).toMatchObject({ value: { password: LOGIN.password } });
  });

  test("may have a base image that only a login can pull", async () => {
    const baseName = inRegistry(`base-${builderVersion.toLowerCase()}`, closed);
    await make(plugin, TAG, { sourceImage: local, targetImage: baseName });
    await make(withLogin, REGISTRY_IMAGE, { name: baseName });
    await removeLocally(baseName);
    const path = await context("private-base", `FROM ${baseName}\nLABEL private=${builderVersion}\n`);
    const given = {
      imageName: `${lab.name(`private-${builderVersion.toLowerCase()}`)}:v1`,
      skipPush: true,
      build: { context: path, builderVersion },
    };
    await expect(make(plugin, IMAGE, given)).rejects.toThrow(/cannot be built/);
    await make(withLogin, IMAGE, given);
    await expect(lab.docker.getImage(given.imageName).inspect()).resolves.toBeDefined();
  });

  test("tells of a cache that is not there, and builds all the same", async () => {
    const path = await context("cache", `FROM ${local}\nLABEL cache=${builderVersion}\n`);
    await make(plugin, IMAGE, {
      imageName: `${lab.name(`cached-${builderVersion.toLowerCase()}`)}:v1`,
      skipPush: true,
      build: { context: path, builderVersion, cacheFrom: { images: [inRegistry("no-cache")] } },
    });
    expect(plugin.lines).toContainEqual(
      expect.objectContaining({ message: expect.stringContaining("is not available") as string }),
    );
  });
});

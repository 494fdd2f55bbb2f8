/** docker:index/registryImage:RegistryImage: pushes a local image, and deletes it from the registry with the resource. */
import type { Call, Properties, PropertySpec, ResourceDefinition, ResourceState } from "../../kit/types";
import type { Engine } from "../engine/client";
import { parseImageName } from "../engine/image-name";
import { inspectImage } from "../engine/pull";
import { registryUrl, type RegistryLogin } from "../engine/registry-auth";
import { pushImage } from "../image/push";
import type { RegistryAccess } from "../registry/access";
import { deleteManifest, manifestDigest } from "../registry/manifests";
import { refuseBuild } from "../support/refuse-build";
import * as spec from "../support/spec";
import * as read from "../support/values";

/** Official package schema: name and triggers replace. */
export const registryImageProperties: Record<string, PropertySpec> = {
  ...spec.replacing({ name: spec.text(), triggers: spec.textMap() }),
  authConfig: spec.object(
    {
      address: spec.text({ required: true }),
      username: spec.text(),
      password: spec.text({ secret: true }),
    },
    { secret: true },
  ),
  build: { type: "object" },
  insecureSkipVerify: spec.flag({ default: false }),
  keepRemotely: spec.flag({ default: false }),
};

export const registryImage: ResourceDefinition<Engine> = {
  properties: registryImageProperties,
  outputs: { sha256Digest: {} },
  autoName: "name",

  check: (_call, inputs) => ({ inputs, failures: refuseBuild(inputs) }),

  async create(call, inputs) {
    const name = read.requiredText(inputs, "name");
    if (!(await inspectImage(call.client, name))) {
      throw new Error(
        `image "${name}" cannot be pushed: it is not at ${call.client.host}. Build it (docker.Image), pull it ` +
          `(docker.RemoteImage) or tag it (docker.Tag) first, and make this resource depend on that.`,
      );
    }
    const onLine = (line: string): void => call.logStatus(line);
    const digest = await pushImage(call.client, name, {
      login: loginOf(call, inputs),
      signal: call.signal,
      onLine,
    });
    return { id: digest, state: { ...inputs, sha256Digest: digest } };
  },

  async read(call, old) {
    const inputs = Object.keys(old.inputs).length > 0 ? old.inputs : importedInputs(old.id);
    const digest = await manifestDigest(read.requiredText(inputs, "name"), accessOf(call, inputs));
    if (!digest) return undefined;
    const id = old.id.startsWith("sha256:") ? old.id : digest;
    return { id, state: { ...inputs, sha256Digest: digest }, inputs };
  },

  update: (_call, old, inputs): Promise<ResourceState["state"]> =>
    Promise.resolve({ ...old.state, ...inputs }),

  async delete(call, { state }) {
    if (read.flag(state, "keepRemotely")) return;
    const name = read.requiredText(state, "name");
    await deleteManifest(name, read.requiredText(state, "sha256Digest"), accessOf(call, state));
  },
};

/** The official plugin imports none; here the id to import is the image's name. */
const importedInputs = (name: string): Properties => ({
  name,
  insecureSkipVerify: false,
  keepRemotely: false,
});

function loginOf({ client: engine }: Call<Engine>, inputs: Properties): RegistryLogin | undefined {
  const own = read.object(inputs, "authConfig") ?? {};
  const username = read.filledText(own, "username");
  if (username) return { username, password: read.text(own, "password") ?? "" };
  return engine.credentials.login(parseImageName(read.requiredText(inputs, "name")).registry);
}

function accessOf(call: Call<Engine>, inputs: Properties): RegistryAccess {
  const address = read.filledText(read.object(inputs, "authConfig") ?? {}, "address");
  const { registry } = parseImageName(read.requiredText(inputs, "name"));
  return {
    baseUrl: address ? registryUrl(address) : call.client.credentials.baseUrl(registry),
    login: loginOf(call, inputs),
    insecure: read.flag(inputs, "insecureSkipVerify") ?? false,
    signal: call.signal,
  };
}

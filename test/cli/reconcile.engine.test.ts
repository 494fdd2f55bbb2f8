import { setTimeout as sleep } from "node:timers/promises";
import Docker from "dockerode";
import { createBody } from "../../cli/driver/create-body";
import { reconcile, type Wanted } from "../../cli/driver/reconcile";
import { specHash } from "../../cli/driver/spec-hash";
import { untilHealthy } from "../../cli/run/healthy";
import { parseManifest } from "../../spec/app-manifest";
import { containerSpec } from "../../spec/container-spec";
import { alteredEngine } from "../support/altered-engine";
import { Workbench } from "../support/workbench";

const bench = new Workbench();
let wanted: Wanted;
beforeAll(async () => {
  const image = await bench.build("images/runtime-node");
  const network = await bench.network();
  const spec = containerSpec({
    scope: { prefix: bench.prefix, environment: "dev" },
    proxyEnvironment: "dev",
    manifest: parseManifest(
      "name: shop\nlanguage: typescript\nport: 3000\ncommands: { start: [sleep, infinity] }\n",
      "berth.yaml",
    ),
    developerId: "01",
  });
  const { Id: imageId } = await new Docker().getImage(image).inspect();
  wanted = { spec, imageId, network, files: [], published: [], hashKey: "key" };
});
afterEach(async () => {
  await bench.docker(["rm", "--force", "--volumes", wanted.spec.name]);
});
afterAll(() => bench.dispose());

/** What another command has made of the same app, before it starts it. */
function halfMade(engine: Docker): Promise<Docker.Container> {
  const body = createBody(wanted.spec, { ...wanted, specHash: specHash(wanted.hashKey, wanted) });
  return engine.createContainer({ ...body, name: wanted.spec.name });
}

describe("a container that was made and not started", () => {
  it("is waited for, since another command may be at it", async () => {
    const engine = new Docker();
    const container = await halfMade(engine);
    const result = reconcile(engine, wanted);
    await sleep(400);
    await container.start();
    expect(await result).toEqual({ action: "kept", id: container.id });
  });

  it("stays where the other command starts it at the moment at which it would be removed", async () => {
    const engine = startsBeforeRemoval();
    const container = await halfMade(engine);
    expect(await reconcile(engine, wanted)).toEqual({ action: "kept", id: container.id });
    expect((await container.inspect()).State.Running).toBe(true);
  });

  it("is made anew where nobody goes on with it", async () => {
    const engine = new Docker();
    const { id: left } = await halfMade(engine);
    const { action, id } = await reconcile(engine, wanted);
    expect(action).toBe("healed");
    expect(id).not.toBe(left);
    expect((await engine.getContainer(id).inspect()).State.Running).toBe(true);
  });
});

it("a command that waits for a container that is taken away says so", async () => {
  const engine = new Docker();
  const { id } = await reconcile(engine, wanted);
  const awaited = { name: "app 'shop'", startSeconds: 30, advice: "" };
  const waiting = untilHealthy(engine, { id }, awaited, () => undefined);
  const refused = expect(waiting).rejects.toThrow(
    /^app 'shop' was taken away or replaced by another command/,
  );
  await sleep(500);
  await engine.getContainer(id).remove({ force: true });
  await refused;
});

/** The real engine, where something starts each container that is about to be removed. */
const startsBeforeRemoval = (): Docker =>
  alteredEngine((container) => {
    const remove = container.remove.bind(container);
    const removal = async (options?: Docker.ContainerRemoveOptions): Promise<unknown> => {
      await container.start();
      return remove(options);
    };
    container.remove = removal as typeof container.remove;
  });

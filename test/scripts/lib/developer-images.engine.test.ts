import * as fs from "node:fs";
import * as path from "node:path";
import Docker from "dockerode";
import { removeDeveloperImages } from "../../../scripts/lib/developer-images";
import { developerObjects } from "../../../scripts/lib/developer-objects";
import { objectsOf } from "../../../scripts/recover-parts/engine-objects";
import { CliLab } from "../../cli/cli-lab";
import type { Laptop } from "../../cli/laptop";

const BASE = "berth-base:trixie";
const docker = new Docker();
let lab: CliLab;
let laptop: Laptop;

beforeAll(async () => {
  lab = await CliLab.start({ gateway: { sharedImages: [BASE] } });
  laptop = await lab.onboarded("01");
});
afterAll(() => lab.dispose());

const label = (): string => `${lab.prefix}-dev`;

/** Builds by docker's command at the gateway; the content makes it an image of its own. */
async function build(tag: string, content: string, final = BASE): Promise<void> {
  const folder = fs.mkdtempSync(path.join(lab.folder, "context-"));
  const dockerfile = `FROM ${BASE} AS tools\nRUN echo ${lab.prefix} ${content} > /tools\nFROM ${final}\nCOPY --from=tools /tools /tools\n`;
  fs.writeFileSync(path.join(folder, "Dockerfile"), dockerfile);
  const line = `eval "$($BERTH dev env)"; DOCKER_BUILDKIT=0 docker build -t ${tag} ${folder}`;
  const { exitCode, output } = await laptop.shell(line);
  if (exitCode !== 0) throw new Error(output);
}

const allImages = async (): Promise<string[]> =>
  (await docker.listImages({ all: true })).map(({ Id }) => Id).sort();

it("what developers built goes with their stack: every stage, what was tagged anew, and what was built on it", async () => {
  const before = await allImages();
  await build("shop:1", "first");
  await build("shop:1", "second");
  await build("web:1", "third", "shop:1");
  expect((await allImages()).length).toBeGreaterThan(before.length + 6);
  // Somebody else's, whose label only begins the same.
  expect(await removeDeveloperImages(docker, `${label()}x`)).toEqual({ removed: 0, kept: [] });
  const { removed, kept } = await removeDeveloperImages(docker, label());
  expect(kept).toEqual([]);
  // Three images, of which one lost its name, and their stages.
  expect(removed).toBe(6);
  const left = await docker.listImages({ all: true, filters: { label: [`berth.stack=${label()}`] } });
  expect(left).toEqual([]);
});

it("an image under a container stays and is named; what was promoted keeps the name of its registry", async () => {
  await build("shop:1", "kept");
  await build("shop:2", "promoted");
  const image = `${lab.prefix}-shop:dev-01`;
  const container = await docker.createContainer({ name: `${lab.prefix}-stands`, Image: `${image}-1` });
  const promoted = { repo: `${lab.prefix}.example/shop`, tag: "1" };
  await docker.getImage(`${image}-2`).tag(promoted);
  try {
    const { kept } = await removeDeveloperImages(docker, label());
    expect(kept).toEqual([`${image}-1`]);
    const left = await docker.listImages({ filters: { label: [`berth.stack=${label()}`] } });
    expect(left.flatMap(({ RepoTags }) => RepoTags ?? []).sort()).toEqual([
      `${image}-1`,
      `${promoted.repo}:${promoted.tag}`,
    ]);
  } finally {
    await container.remove();
    await docker.getImage(`${promoted.repo}:${promoted.tag}`).remove();
  }
  expect(await removeDeveloperImages(docker, label())).toEqual({ removed: 1, kept: [] });
});

it("a container of the stack on an image that was built through the gateway is no developer's", async () => {
  await build("shop:1", "of the stack");
  const own = { "berth.owner": "shared", "berth.stack": label() };
  const stack = { name: `${lab.prefix}-dev-shared-shop`, Image: `${lab.prefix}-shop:dev-01-1`, Labels: own };
  const developers = { ...stack, name: `${lab.prefix}-dev-01-shop`, Labels: {} };
  const made = [await docker.createContainer(stack), await docker.createContainer(developers)];
  try {
    const { containers } = await developerObjects(docker, label());
    expect(containers.map(({ name }) => name)).toEqual([developers.name]);
    expect((await objectsOf(docker, label())).map(({ name }) => name)).toEqual([stack.name]);
  } finally {
    for (const container of made) await container.remove();
  }
});

/** docker:index/tag:Tag: a second name for an image of the engine. */
import type { PropertySpec, ResourceDefinition } from "../../kit/types";
import type { Engine } from "../engine/client";
import { engineMessage, isNotFound } from "../engine/errors";
import { parseImageName, nameWithoutTag } from "../engine/image-name";
import { inspectImage } from "../engine/pull";
import * as spec from "../support/spec";
import * as read from "../support/values";

/** Official package schema: everything replaces. */
export const tagProperties: Record<string, PropertySpec> = spec.replacing({
  sourceImage: spec.text({ required: true }),
  tagTriggers: spec.textSet(),
  targetImage: spec.text({ required: true }),
});

export const tag: ResourceDefinition<Engine> = {
  properties: tagProperties,
  outputs: { sourceImageId: {} },

  async create({ client: engine }, inputs) {
    const [source, target] = [
      read.requiredText(inputs, "sourceImage"),
      read.requiredText(inputs, "targetImage"),
    ];
    try {
      const image = engine.docker.getImage(source);
      await image.tag({ repo: nameWithoutTag(target), tag: parseImageName(target).tag ?? "latest" });
      const { Id: sourceImageId } = await image.inspect();
      return { id: `${source}.${target}`, state: { ...inputs, sourceImageId } };
    } catch (error) {
      const hint = isNotFound(error) ? " Build or pull it first, and make this resource depend on that." : "";
      throw new Error(
        `image "${source}" cannot be tagged as "${target}" at ${engine.host}: ${engineMessage(error)}.${hint}`,
        {
          cause: error,
        },
      );
    }
  },

  /** Beyond the official plugin, which reads nothing: a tag that is gone reads as gone, so that `up` sets it again. */
  async read({ client: engine }, old) {
    const target = read.text(old.inputs, "targetImage");
    if (target === undefined) {
      throw new Error(
        `a docker.Tag cannot be imported: it is made anew by "pulumi up", and nothing is lost by that`,
      );
    }
    return (await inspectImage(engine, target)) ? old : undefined;
  },

  /** As officially: both names stay. */
  async delete() {},
};

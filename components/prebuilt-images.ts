import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";

export interface PrebuiltImagesArgs {
  /** References by what they are for, such as "postgres" or "app-shop": an id, or a name with digest. */
  references: Record<string, string>;
}

const IMAGE_ID = /^sha256:[0-9a-f]{64}$/;

/**
 * Images that were built and promoted before: the engine pulls what it does not have, by digest, and builds nothing. Everything else
 * of a stack waits for it, so that a missing image ends `up` before anything is created.
 */
export class PrebuiltImages extends pulumi.ComponentResource {
  private readonly ids: Map<string, pulumi.Output<string>>;

  constructor(name: string, { references }: PrebuiltImagesArgs, options?: pulumi.ComponentResourceOptions) {
    super("berth:image:PrebuiltImages", name, {}, options);
    this.ids = new Map(
      Object.entries(references).map(([key, reference]) => [key, imageId(`${name}-${key}`, reference, this)]),
    );
    this.registerOutputs({});
  }

  /** Id of an image on the engine. Throws where none was announced under that key. */
  idOf(key: string): pulumi.Output<string> {
    const id = this.ids.get(key);
    if (!id) throw new Error(`no prebuilt image for ${key} in this stack: name it in PrebuiltImages' args`);
    return id;
  }
}

function imageId(name: string, reference: string, parent: pulumi.Resource): pulumi.Output<string> {
  if (IMAGE_ID.test(reference)) return pulumi.output(reference);
  // Another stack of the host may run it too, and a rollback wants it: only the operator removes images that were promoted.
  const image = new docker.RemoteImage(name, { name: reference, keepLocally: true }, { parent });
  return image.imageId;
}

import * as fs from "node:fs";
import * as path from "node:path";
import { Workbench } from "./workbench";

const images = path.resolve(__dirname, "../../images");
/** Its targets are several and large, and only its own tests build them, with the time that takes. */
const OWN_TESTS_BUILD = "workspace";

/**
 * Every image, built once and held. On a machine that never built them a test's limit would count package downloads otherwise, and two
 * test files at a time would each make the same layers; and a test that removes a whole stack would remove the layers with it, so that the
 * next one downloads everything again.
 */
export class HeldImages {
  private readonly bench = new Workbench();

  async build(): Promise<void> {
    const folders = fs.readdirSync(images).filter((name) => name !== OWN_TESTS_BUILD);
    await this.bench.extraCaImage();
    await Promise.all(folders.map((name) => this.bench.build(path.join(images, name))));
  }

  /** Drops the names; the layers stay in the builder's cache. */
  release(): Promise<void> {
    return this.bench.dispose();
  }
}

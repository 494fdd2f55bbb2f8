import * as fs from "node:fs";
import * as path from "node:path";
import { Workbench } from "./workbench";

const images = path.resolve(__dirname, "../../images");
/** Its targets are several and large, and only its own tests build them, with the time that takes. */
const OWN_TESTS_BUILD = "workspace";

/**
 * Builds every image once and drops the names: the layers stay in the builder's cache. On a machine that never built them a test's limit
 * would count package downloads otherwise, and two test files at a time would each make the same layers.
 */
export async function fillBuildCache(): Promise<void> {
  const bench = new Workbench();
  try {
    const folders = fs.readdirSync(images).filter((name) => name !== OWN_TESTS_BUILD);
    await bench.extraCaImage();
    await Promise.all(folders.map((name) => bench.build(path.join(images, name))));
  } finally {
    await bench.dispose();
  }
}

import type Docker from "dockerode";
import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { extraCaImageName, findExtraCaBundle, type ExtraCaBundle } from "../../config/extra-ca";
import { projectRoot } from "../lib/paths";
import { archiveOf, hasImage, importImage } from "./images";

/** The stack's `berth:extraCaBundle`; "auto" where its configuration does not say. */
export function extraCaSetting(environment: string): string {
  const file = path.join(projectRoot, `Pulumi.${environment}.yaml`);
  if (!fs.existsSync(file)) return "auto";
  const { config } = (parse(fs.readFileSync(file, "utf8")) ?? {}) as { config?: Record<string, unknown> };
  const setting = config?.["berth:extraCaBundle"] ?? "auto";
  if (typeof setting !== "string") {
    throw new Error(`${file}: berth:extraCaBundle must be "auto", "none" or the path of a PEM file`);
  }
  return setting;
}

async function ensureImage(docker: Docker, bundle: ExtraCaBundle | undefined): Promise<boolean> {
  const name = extraCaImageName(bundle);
  if (await hasImage(docker, name)) return false;
  const content = bundle === undefined ? Buffer.alloc(0) : fs.readFileSync(bundle.path);
  await importImage(docker, archiveOf("extra-ca.pem", content), name);
  return true;
}

/** Makes the image with the extra CA bundle present, and the empty one that Dockerfiles name by default. */
export async function ensureExtraCaImages(
  docker: Docker,
  environment: string,
): Promise<{ what: string; way: string }> {
  const bundle = findExtraCaBundle(extraCaSetting(environment), process.env);
  const madeEmpty = await ensureImage(docker, undefined);
  const made = bundle !== undefined && (await ensureImage(docker, bundle));
  const source = bundle === undefined ? "no extra CA bundle" : `from ${bundle.path}`;
  return {
    what: extraCaImageName(bundle),
    way: made || madeEmpty ? `made, ${source}` : `already there, ${source}`,
  };
}

import { extraCaImageName, findExtraCaBundle } from "../../config/extra-ca";
import type { LocalSettings } from "../../config/workspace-stack";
import { ConfigFile } from "../lib/config-file";
import { outputsSchema } from "../lib/outputs";
import { stackExists, stackOutputs } from "../lib/stack";
import { engineAddressOf } from "../lib/stack-engine";
import { devSettings } from "../promote-parts/dev-settings";

/** What a workspace on dev's host needs of dev: as its config and its outputs say. @throws Error where dev is not up. */
export async function localSettings(choice: Pick<LocalSettings, "image" | "target">): Promise<LocalSettings> {
  if (!(await stackExists("dev"))) {
    throw new Error(
      "the dev stack, whose network and proxy workspaces use, is not there: run 'make up' first",
    );
  }
  const settings = devSettings(ConfigFile.read("dev"));
  const { networkName: network, proxyUrl } = outputsSchema.parse(await stackOutputs("dev"));
  const extraCa = findExtraCaBundle(settings.extraCaBundle, process.env);
  const { baseImage, builder } = settings;
  return {
    ...{ prefix: settings.namePrefix, engine: engineAddressOf("dev"), network, proxyUrl, extraCa },
    ...choice,
    build: { baseImage, builder, extraCaImage: extraCaImageName(extraCa) },
  };
}

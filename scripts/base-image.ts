// Makes the images present that every build starts from: Debian with ca-certificates, and the extra CA bundle (which may be
// empty) for builds behind a TLS-inspecting proxy. `scripts/base-image [environment]`
import { ensureBaseImage } from "./base-image-parts/base";
import { ensureExtraCaImages } from "./base-image-parts/extra-ca";
import { BASE_IMAGE } from "./base-image-parts/names";
import { connectStackEngine } from "./lib/stack-engine";
import { environmentArgument, main } from "./lib/steps";
import { endCommandsOnSignals } from "./toolchain-parts/command";
import { timed } from "./toolchain-parts/report";

main(async () => {
  endCommandsOnSignals();
  const environment = environmentArgument();
  // Other environments run what was built before.
  if (environment !== "dev") return;
  const { docker } = await connectStackEngine(environment);
  await timed(async () => ({ what: BASE_IMAGE, way: await ensureBaseImage(docker) }));
  await timed(() => ensureExtraCaImages(docker, environment));
});

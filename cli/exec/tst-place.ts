import type Docker from "dockerode";
import type { AppManifest } from "../../spec/app-manifest";
import { containerSpec } from "../../spec/container-spec";
import type { ServerSettings } from "../../spec/gateway-api";
import { sharedName } from "../../spec/names";
import { createBody } from "../driver/create-body";
import type { TstImage } from "./tst-image";

/** The environment whose network a throw-away container stands in. */
export type Place = "dev" | "tst";

/** tst is changed by the roles ci and operator; a developer has containers in dev. */
export function placeOf({ role }: ServerSettings): Place {
  return role === "developer" ? "dev" : "tst";
}

/** What is said before the container is made: of what, and where. */
export function placeNote(place: Place, image: TstImage): string {
  const made = `a throw-away container of ${image.name}`;
  if (place === "tst") return `${made} in tst, with a database and keys of its own where the app uses them`;
  return `${made} in dev, as yours: tst itself is for the roles ci and operator. It is set up as in tst, with your own services`;
}

/** The create request: as the app's container in tst, but for its name, its route and what tells it from the app itself. Pure. */
export function tstBody(
  place: Place,
  { prefix, developerId }: ServerSettings,
  manifest: AppManifest,
  imageId: string,
): Docker.ContainerCreateOptions {
  const spec = containerSpec({
    ...{
      scope: { prefix, environment: "tst" },
      proxyEnvironment: "dev",
      manifest,
      developerId,
      image: imageId,
    },
  });
  const network = sharedName({ prefix, environment: place }, "network");
  const body = createBody(spec, { imageId, network, specHash: "", published: [] });
  return { ...body, Labels: { "berth.env": place } };
}

import type Docker from "dockerode";
import type { AppManifest } from "../../spec/app-manifest";
import { containerSpec } from "../../spec/container-spec";
import type { ServerSettings } from "../../spec/gateway-api";
import { sharedName } from "../../spec/names";
import type { LocalApp } from "../app/find-app";
import type { ContainerFile } from "../driver/container-file";
import { createBody } from "../driver/create-body";
import { filesFor } from "../run/container-files";
import type { Session } from "../session";
import type { TstImage } from "./tst-image";

/** The environment whose network a throw-away container stands in. */
export type Place = "dev" | "tst";

/** tst is changed by the roles ci and operator; a developer has containers in dev. */
export function placeOf({ role }: ServerSettings): Place {
  return role === "developer" ? "dev" : "tst";
}

/** What is said before the container is made: of what, where, and what it does not get there. */
export function placeNote(place: Place, { manifest }: Pick<LocalApp, "manifest">, image: TstImage): string {
  const made = `a throw-away container of ${image.name}`;
  if (place === "dev") {
    return `${made} in dev, as yours: tst itself is for the roles ci and operator. It is set up as in tst, with your own services`;
  }
  const services = Object.entries(manifest.services).flatMap(([name, used]) => (used ? [name] : []));
  const without =
    services.length > 0 ? `, without access to ${services.join(" and ")}: that is the stack's to give` : "";
  return `${made} in tst${without}`;
}

/** Variables that name the access to a shared service. */
const ACCESS = /^(DATABASE_URL_FILE|REDIS_URL_FILE|REDIS_KEY_PREFIX)=/;

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
  const environment = spec.environment.filter((line) => place === "dev" || !ACCESS.test(line));
  const network = sharedName({ prefix, environment: place }, "network");
  const body = createBody({ ...spec, environment }, { imageId, network, specHash: "", published: [] });
  return { ...body, Labels: { "berth.env": place } };
}

/** Secret files of the container: a developer's own access and secrets in dev, none in tst. @throws Failure */
export async function filesIn(place: Place, session: Session, app: LocalApp): Promise<ContainerFile[]> {
  return place === "dev" ? (await filesFor(session, app, "")).files : [];
}

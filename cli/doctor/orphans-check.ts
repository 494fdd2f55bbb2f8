import type Docker from "dockerode";
import { appNames } from "../app/find-app";
import { FROM_IMAGE_LABEL, SPEC_HASH_LABEL } from "../driver/create-body";
import { THROW_AWAY_LABEL } from "../exec/throw-away";
import type { Check } from "./check";
import { ok } from "./finding";

/** Younger ones may be at work still. */
const OLD_SECONDS = 600;
const LEFT_STATES = ["created", "dead", "exited"];

/** What an earlier command left: throw-away containers, half-made ones, volumes that nobody has, and apps that this workspace does not know. */
export const orphans: Check = {
  name: "orphans",
  look: (diagnosis) =>
    diagnosis.withServer(async ({ engine, devId, settings }, { stack }) => {
      const label = [`berth.owner=${devId}`, `berth.stack=${stack}`];
      const mine = await engine.listContainers({ all: true, filters: { label } });
      const left = mine.filter((container) => isLeftOver(container));
      const volumes = await volumesLeft(engine, label);
      if (left.length + volumes.length > 0) {
        const names = [...left.map(nameOf), ...volumes.map(({ Name }) => `volume ${Name.slice(0, 12)}`)];
        return {
          state: "warn",
          what: `left by a command that was ended: ${names.join(", ")}`,
          fix: "berth doctor --fix removes them; their volumes with data stay",
          mend: async () => {
            for (const { Id } of left) await engine.getContainer(Id).remove({ force: true, v: true });
            for (const { Name } of volumes) await engine.getVolume(Name).remove();
            return `removed ${names.join(", ")}`;
          },
        };
      }
      const known = appNames(settings);
      const unknown = mine.filter(
        ({ Labels }) => SPEC_HASH_LABEL in Labels && !known.includes(Labels["berth.app"] ?? ""),
      );
      if (unknown.length === 0)
        return ok(`${mine.length} containers are yours, each of a known app or a sync`);
      return {
        state: "warn",
        what: `no app of this workspace (${settings.workspaceRoot.value}): ${unknown.map(nameOf).join(", ")}`,
        fix: "work in the workspace that they are of, or: berth stop --remove <app>",
      };
    }),
};

function isLeftOver({ Labels, State, Created }: Docker.ContainerInfo): boolean {
  if (!isOld(Created) || !LEFT_STATES.includes(State)) return false;
  return THROW_AWAY_LABEL in Labels || (SPEC_HASH_LABEL in Labels && State !== "exited");
}

/** Packages and the like that a killed replacement did not hand on: no container has them, and the next one fills its own. */
async function volumesLeft(engine: Docker, label: string[]): Promise<Docker.VolumeInspectInfo[]> {
  const filters = { dangling: ["true"], label: [...label, FROM_IMAGE_LABEL] };
  const { Volumes: volumes } = await engine.listVolumes({ filters });
  return volumes.filter((volume) => isOld(createdSeconds(volume)));
}

/** The types of dockerode leave out what the Engine API says (Volume: CreatedAt). */
const createdSeconds = (volume: Docker.VolumeInspectInfo): number =>
  Date.parse((volume as { CreatedAt?: string }).CreatedAt ?? "") / 1_000;

const isOld = (seconds: number): boolean => Date.now() / 1_000 - seconds > OLD_SECONDS;

const nameOf = ({ Names, Id }: Docker.ContainerInfo): string => Names[0]?.replace(/^\//, "") ?? Id;

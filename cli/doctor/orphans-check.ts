import type Docker from "dockerode";
import { appNames } from "../app/find-app";
import { SPEC_HASH_LABEL } from "../driver/create-body";
import { THROW_AWAY_LABEL } from "../exec/throw-away";
import { ok, type Check } from "./check";

/** Younger ones may be at work still. */
const OLD_SECONDS = 600;
const LEFT_STATES = ["created", "dead", "exited"];

/** What an earlier command left: throw-away containers, half-made ones, and apps that this workspace does not know. */
export const orphans: Check = {
  name: "orphans",
  look: (diagnosis) =>
    diagnosis.withServer(async ({ engine, devId, settings }, { stack }) => {
      const mine = await engine.listContainers({
        all: true,
        filters: { label: [`berth.owner=${devId}`, `berth.stack=${stack}`] },
      });
      const left = mine.filter((container) => isLeftOver(container));
      if (left.length > 0) {
        return {
          state: "warn",
          what: `left by a command that was ended: ${left.map(nameOf).join(", ")}`,
          fix: "berth doctor --fix removes them; their volumes with data stay",
          mend: async () => {
            for (const { Id } of left) await engine.getContainer(Id).remove({ force: true, v: true });
            return `removed ${left.map(nameOf).join(", ")}`;
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
  const isOld = Date.now() / 1_000 - Created > OLD_SECONDS;
  if (!isOld || !LEFT_STATES.includes(State)) return false;
  return THROW_AWAY_LABEL in Labels || (SPEC_HASH_LABEL in Labels && State !== "exited");
}

const nameOf = ({ Names, Id }: Docker.ContainerInfo): string => Names[0]?.replace(/^\//, "") ?? Id;

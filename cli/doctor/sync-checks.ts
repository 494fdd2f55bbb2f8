import * as fs from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { filesIn } from "../mutagen/archive";
import { agentsFile, hasMutagen, installMutagen, mutagenProgram } from "../mutagen/install";
import { causeOf } from "../failure";
import { note } from "../output";
import { syncStates } from "../sync/states";
import { mutagenOf } from "../sync/sync-session";
import type { Check } from "./check";
import { ok } from "./finding";

/** A daemon that was just started does not listen yet. */
const LISTENS_WITHIN_MS = 5_000;

export const mutagen: Check = {
  name: "mutagen",
  async look({ settings }) {
    const home = settings.home.value;
    const problem = await mutagenProblem(home);
    if (problem === undefined) return ok(mutagenProgram(home));
    return {
      state: "fail",
      what: problem,
      fix: "berth doctor --fix gets it anew",
      mend: async () => {
        for (const file of [mutagenProgram(home), agentsFile(home)]) fs.rmSync(file, { force: true });
        const { program, way } = await installMutagen(home, note);
        return `${program}: ${way}`;
      },
    };
  },
};

async function mutagenProblem(home: string): Promise<string | undefined> {
  if (!(await hasMutagen(home))) return `Mutagen is not in ${home}, does not start, or is of another version`;
  try {
    const agents = await filesIn(fs.readFileSync(agentsFile(home)), (name) => name.startsWith("linux_"));
    if (agents.size > 0) return undefined;
    return `${agentsFile(home)} holds no agent for the shared host`;
  } catch (error) {
    return `${agentsFile(home)}, Mutagen's agents, cannot be read: ${causeOf(error)}`;
  }
}

export const daemon: Check = {
  name: "mutagen daemon",
  look: (diagnosis) =>
    diagnosis.withSession(async (session) => {
      const own = mutagenOf(session);
      if (!fs.existsSync(own.program)) return { state: "skipped", what: "needs Mutagen" };
      if (await own.isRunning()) return ok(`runs, with its data in ${own.dataFolder}`);
      if (!fs.existsSync(own.dataFolder)) return ok("does not run, and nothing was ever synchronised");
      return {
        state: "warn",
        what: "does not run: nothing is synchronised",
        fix: "berth run <app> --reload, or berth sync resume <app>, starts it",
        mend: async () => {
          await own.startDaemon();
          const deadline = Date.now() + LISTENS_WITHIN_MS;
          while (!(await own.isRunning()) && Date.now() < deadline) await sleep(100);
          return "started; sessions that were not paused go on";
        },
      };
    }),
};

export const syncSessions: Check = {
  name: "sync",
  look: (diagnosis) =>
    diagnosis.withSession(async (session) => {
      const states = await syncStates(session);
      const troubled = states.filter(
        ({ state, conflicts, problems }) =>
          ["halted", "connecting"].includes(state) || conflicts + problems > 0,
      );
      if (troubled.length === 0) {
        return ok(states.map(({ app, state }) => `${app} ${state}`).join(", ") || "nothing is synchronised");
      }
      const halted = troubled.some(({ state }) => state === "halted");
      const describe = ({ app, state, conflicts, problems }: (typeof states)[number]): string =>
        `${app} ${state}, ${conflicts} conflicts, ${problems} problems`;
      return {
        state: halted ? "fail" : "warn",
        what: troubled.map(describe).join("; "),
        fix: troubled
          .map(({ app, state }) =>
            state === "halted" ? `berth sync reset ${app}` : `berth sync status ${app}`,
          )
          .join("; "),
      };
    }),
};

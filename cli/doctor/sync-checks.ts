import * as fs from "node:fs";
import { hasMutagen, installMutagen, mutagenProgram } from "../mutagen/install";
import { note } from "../output";
import { syncStates } from "../sync/states";
import { mutagenOf } from "../sync/sync-session";
import { ok, type Check } from "./check";

export const mutagen: Check = {
  name: "mutagen",
  async look({ settings }) {
    const home = settings.home.value;
    if (await hasMutagen(home)) return ok(mutagenProgram(home));
    return {
      state: "fail",
      what: `Mutagen is not in ${home}, or of another version`,
      fix: "berth doctor --fix, or berth dev init, gets it",
      mend: async () => {
        const { program, way } = await installMutagen(home, note);
        return `${program}: ${way}`;
      },
    };
  },
};

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

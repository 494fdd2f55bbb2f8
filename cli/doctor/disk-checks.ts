import * as fs from "node:fs";
import { isAbsent } from "../engine/failure";
import { remoteNames, STATE_FOLDER } from "../sync/names";
import { runInside } from "../sync/remote/inside";
import type { Check } from "./check";
import { ok, type Finding } from "./finding";

const MIB = 1024 * 1024;
const WARN_MIB = 1_024;
const FAIL_MIB = 200;

export const diskHere: Check = {
  name: "disk here",
  look({ settings }) {
    const home = fs.existsSync(settings.home.value) ? settings.home.value : ".";
    const { bavail, bsize } = fs.statfsSync(home);
    return judged(
      (bavail * bsize) / MIB,
      home,
      "make room: berth sync keeps what it deletes in ~/.berth/trash",
    );
  },
};

/** Asked inside the sync container: nobody else there is ours to ask. */
export const diskThere: Check = {
  name: "disk on the host",
  look: (diagnosis) =>
    diagnosis.withServer(async ({ engine, devId }, { prefix }) => {
      const container = engine.getContainer(remoteNames(prefix, devId).container);
      const details = await container.inspect().catch((error: unknown) => {
        if (isAbsent(error)) return undefined;
        throw error;
      });
      if (details?.State.Running !== true)
        return { state: "skipped", what: "is asked in your sync container, which does not run" };
      const text = await runInside(container, {
        command: ["df", "-Pm", STATE_FOLDER],
        folder: "/",
        user: "0",
      });
      return judged(freeIn(text), "the shared host", "ask the operator to make room");
    }),
};

/** Free MiB by df(1), POSIX form: the fourth field of its second line. */
export function freeIn(dfText: string): number {
  const free = Number(dfText.trim().split("\n")[1]?.trim().split(/\s+/)[3]);
  if (Number.isFinite(free)) return free;
  throw new Error(`df said what cannot be read: ${dfText.trim()}`);
}

function judged(freeMib: number, where: string, fix: string): Finding {
  const what = `${Math.floor(freeMib)} MiB free on ${where}`;
  if (freeMib >= WARN_MIB) return ok(what);
  return { state: freeMib < FAIL_MIB ? "fail" : "warn", what, fix };
}

import * as fs from "node:fs";
import { daysLeft, renewalWarning } from "../dev/renewal";
import { endOf } from "../identity/pair";
import { IdentityStore } from "../identity/store";
import { roleIn } from "../operator/role";
import { required } from "../settings";
import type { Check } from "./check";
import { ok } from "./finding";
import { dateOf } from "./server-date";

const ONBOARD = "onboard with a PIN from the operator: berth dev init --dev-id … --server … --pin …";

export const certificate: Check = {
  name: "certificate",
  look({ settings }) {
    const devId = required(settings, "devId");
    const identity = new IdentityStore(settings.home.value, devId).current();
    if (!identity) return { state: "fail", what: `developer ${devId} has no identity here`, fix: ONBOARD };
    if (identity.problem !== undefined) return { state: "fail", what: identity.problem, fix: ONBOARD };
    const warning = renewalWarning(identity);
    if (warning !== undefined) return { state: "warn", what: warning, fix: "berth dev renew" };
    const days = Math.floor(daysLeft(identity.certPem));
    return ok(
      `${devId}, role ${roleIn(identity.certPem)}, until ${endOf(identity.certPem).toISOString()} (${days} days)`,
    );
  },
};

const WARN_SECONDS = 30;
/** Certificates and PINs are judged by the clock. */
const FAIL_SECONDS = 300;

export const clock: Check = {
  name: "clock",
  look: (diagnosis) =>
    diagnosis.withSession(async ({ identity, settings }) => {
      const url = settings.server.value;
      if (url === undefined) return { state: "skipped", what: "no server is known to compare with" };
      const there = await dateOf(new URL(url), identity.caPem);
      const seconds = Math.round(Math.abs(Date.now() - there.getTime()) / 1_000);
      if (seconds < WARN_SECONDS) return ok("as the server's, within half a minute");
      return {
        state: seconds < FAIL_SECONDS ? "warn" : "fail",
        what: `this machine's clock and the server's are ${seconds} s apart (here ${new Date().toISOString()}, there ${there.toISOString()})`,
        fix: "set this machine's clock, for example by turning time synchronisation on",
      };
    }),
};

export const user: Check = {
  name: "user",
  look({ settings }) {
    const home = settings.home.value;
    const uid = process.getuid?.();
    if (uid === undefined) return ok("this system has no user ids");
    const status = fs.statSync(home, { throwIfNoEntry: false });
    if (!status) return { state: "fail", what: `${home} does not exist`, fix: ONBOARD };
    if (status.uid !== uid) {
      return {
        state: "fail",
        what: `${home} belongs to user ${status.uid}, and this is user ${uid}`,
        fix: `run berth as that user, or give the folder back: chown -R ${uid} ${home}`,
      };
    }
    const mode = status.mode & 0o777;
    if ((mode & 0o077) === 0) return ok(`user ${uid}; ${home} is closed to others`);
    return {
      state: "warn",
      what: `${home} is open to others (mode ${mode.toString(8)})`,
      fix: `chmod 700 ${home}`,
      mend: () => {
        fs.chmodSync(home, 0o700);
        return Promise.resolve(`${home} is closed to others`);
      },
    };
  },
};

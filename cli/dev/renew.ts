import { EXIT, Failure } from "../failure";
import { endOf, serialOf } from "../identity/pair";
import { IdentityStore } from "../identity/store";
import { printFact, type OutputOptions } from "../output";
import { readSettings, required, type SettingFlags } from "../settings";
import { daysLeft, renewIdentity, urgency } from "./renewal";

export interface RenewFlags extends SettingFlags, OutputOptions {
  ifDue?: boolean;
}

/** `berth dev renew` */
export async function renewCommand(flags: RenewFlags): Promise<void> {
  const settings = readSettings(flags);
  const store = new IdentityStore(settings.home.value, required(settings, "devId"));
  const server = new URL(required(settings, "server"));
  const identity = store.current();
  if (identity?.problem !== undefined || !identity) {
    throw new Failure(
      `${store.link}: ${identity?.problem ?? "there is no identity"}. Run \`berth dev init\`, which repairs it, or onboards with a PIN`,
      EXIT.failed,
    );
  }
  const days = daysLeft(identity.certPem);
  const level = urgency(days, identity.facts?.thresholds);
  const isDue = level === "offered" || level === "needed" || store.isBeingRenewed(identity);
  const result = flags.ifDue === true && !isDue ? identity : await renewIdentity(store, identity, server);
  const renewed = result !== identity;
  const endsAt = endOf(result.certPem).toISOString();
  printFact(
    flags,
    { devId: store.developerId, renewed, serial: serialOf(result.certPem), endsAt, folder: store.link },
    renewed
      ? `renewed: the certificate in ${store.link} ends at ${endsAt}`
      : `not due: the certificate in ${store.link} ends at ${endsAt}, in ${Math.floor(days)} days`,
  );
}

import { environments, type Environment } from "../../../policy/rules";
import type { Labels, Ownership } from "./ownership";
import { refuse, refuseField } from "./refusals";

const DNS_LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** Labels of a new object, and the environment that they choose. */
export interface CheckedLabels {
  environment: Environment;
  labels: Labels;
}

/**
 * Takes the caller's labels, checks those under `berth.`, and adds the gateway's own.
 * @param where path of the labels in the request, for refusals
 * @param role value of the label berth.role; where it is "app", berth.app and berth.port may be given too
 * @throws Refused
 */
export function checkLabels(
  ownership: Ownership,
  where: string,
  requested: Labels | null | undefined,
  role?: "app",
): CheckedLabels {
  const asked = requested ?? {};
  const environment = environmentOf(ownership, where, asked["berth.env"]);
  const own: Labels = {
    ...ownership.labels(environment),
    ...(role && { "berth.role": role }),
    ...(role && appLabels(ownership, where, asked)),
  };
  for (const [key, value] of Object.entries(asked)) {
    if (!key.toLowerCase().startsWith("berth.") || own[key] === value) continue;
    refuseField(
      `${where}.${key}`,
      "labels under 'berth.' are set by the gateway; yours may be berth.env, berth.app and berth.port",
    );
  }
  return { environment, labels: { ...asked, ...own } };
}

function environmentOf(ownership: Ownership, where: string, asked: string | undefined): Environment {
  if (asked === undefined) return "dev";
  const known = environments.find((environment) => environment === asked);
  if (!known) refuseField(`${where}.berth.env`, `must be one of ${environments.join(", ")}`);
  if (!ownership.environments.includes(known)) {
    refuse(
      403,
      "environment",
      `${where}.berth.env: ${known} is changed by the roles ci and operator only, and you are a ${ownership.caller.role}`,
    );
  }
  return known;
}

function appLabels(ownership: Ownership, where: string, asked: Labels): Labels {
  const { "berth.app": app, "berth.port": port } = asked;
  if (app !== undefined && !DNS_LABEL.test(app)) {
    refuseField(`${where}.berth.app`, "must be one lower-case host name part (a-z, 0-9, -)");
  }
  if (port === undefined) return { ...(app !== undefined && { "berth.app": app }) };
  if (app === undefined)
    refuseField(`${where}.berth.port`, "needs berth.app, the first part of the host name");
  if (!/^[1-9][0-9]{0,4}$/.test(port) || Number(port) > 65_535) {
    refuseField(`${where}.berth.port`, "must be a port from 1 to 65535");
  }
  return { "berth.app": app, "berth.port": port, "berth.proxy": ownership.settings.stack };
}

/**
 * A container gets its image's labels where it has none of that name: those under `berth.` would speak for the gateway, and are
 * overruled with nothing.
 */
export function overruled(imageLabels: Labels, labels: Labels): Labels {
  const inherited = Object.keys(imageLabels).filter(
    (key) => key.toLowerCase().startsWith("berth.") && !(key in labels),
  );
  return { ...Object.fromEntries(inherited.map((key) => [key, ""])), ...labels };
}

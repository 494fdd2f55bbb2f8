import { refuseField } from "../refusals";
import type { Caller, RuleSettings } from "../types";
import type { HostRequest } from "./create-schema";

/** Highest developer number that has a range of its own without being named in the settings. */
const HIGHEST_NUMBER = 400;
const EVERY_ADDRESS = ["", "0.0.0.0", "::", "[::]"];

export interface PortRange {
  first: number;
  last: number;
}

/** Host ports that the developer may publish: from the settings, or a hundred from 20000 on by the number that the id is. */
export function portRangeOf({ portRanges }: RuleSettings, { developerId }: Caller): PortRange | undefined {
  if (Object.hasOwn(portRanges, developerId)) return portRanges[developerId];
  const number = Number(developerId);
  if (!/^[0-9]+$/.test(developerId) || number > HIGHEST_NUMBER) return undefined;
  return { first: 20_000 + 100 * number, last: 20_099 + 100 * number };
}

/**
 * Port bindings inside the developer's range and on the gateway's address. Without a host port the engine picks one from the range.
 * @throws Refused
 */
export function portBindings(
  asked: HostRequest["PortBindings"],
  settings: RuleSettings,
  caller: Caller,
): Record<string, { HostIp: string; HostPort: string }[]> {
  const bindings = Object.entries(asked ?? {}).flatMap(([port, hosts]) => {
    if (!hosts || hosts.length === 0) return [];
    const range = portRangeOf(settings, caller);
    const where = `HostConfig.PortBindings.${port}`;
    if (!range)
      refuseField(
        where,
        `developer ${caller.developerId} has no ports: ask the operator for an entry in portRanges`,
      );
    const checked = hosts.map(({ HostIp, HostPort }) => ({
      HostIp: addressOf(HostIp ?? "", settings, where),
      HostPort: portOf(HostPort ?? "", range, where),
    }));
    const unique = new Map(checked.map((host) => [`${host.HostIp} ${host.HostPort}`, host]));
    return [[port, [...unique.values()]] as [string, { HostIp: string; HostPort: string }[]]];
  });
  return Object.fromEntries(bindings);
}

function addressOf(asked: string, { publishAddress }: RuleSettings, where: string): string {
  if (EVERY_ADDRESS.includes(asked) || asked === publishAddress) return publishAddress;
  // Narrower than what the settings open.
  if (asked === "127.0.0.1") return asked;
  return refuseField(where, `ports are published on ${publishAddress}: leave the address out`);
}

function portOf(asked: string, { first, last }: PortRange, where: string): string {
  if (asked === "" || asked === "0") return `${first}-${last}`;
  const match = /^([1-9][0-9]{0,4})(?:-([1-9][0-9]{0,4}))?$/.exec(asked);
  const from = Number(match?.[1]);
  const to = Number(match?.[2] ?? match?.[1]);
  if (!match || from > to || from < first || to > last) {
    refuseField(where, `host port ${asked.slice(0, 20)} is outside your range ${first}-${last}`);
  }
  return asked;
}

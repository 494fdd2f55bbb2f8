/** How names resolve inside the container. */
import * as spec from "../../support/spec";
import * as read from "../../support/values";
import type { Aspect } from "../aspect";

export const dnsAspect: Aspect = {
  properties: spec.replacing({
    dns: spec.textSet(),
    dnsOpts: spec.textSet(),
    dnsSearches: spec.textSet(),
    hosts: spec.objectSet({ host: spec.text({ required: true }), ip: spec.text({ required: true }) }),
  }),

  toRequest(inputs, { HostConfig: host }) {
    host.Dns = read.texts(inputs, "dns");
    host.DnsOptions = read.texts(inputs, "dnsOpts");
    host.DnsSearch = read.texts(inputs, "dnsSearches");
    host.ExtraHosts = read
      .objects(inputs, "hosts")
      .map((entry) => `${read.requiredText(entry, "host")}:${read.requiredText(entry, "ip")}`);
  },

  fromEngine({ HostConfig: host }) {
    const filled = <Item>(list: Item[] | null | undefined): Item[] | undefined =>
      list?.length ? list : undefined;
    return read.defined({
      dns: filled(host.Dns as string[] | null),
      dnsOpts: filled(host.DnsOptions as string[] | null),
      dnsSearches: filled(host.DnsSearch),
      hosts: filled(host.ExtraHosts as string[] | null)?.map((entry) => {
        const colon = entry.indexOf(":");
        return { host: entry.slice(0, colon), ip: entry.slice(colon + 1) };
      }),
    });
  },
};

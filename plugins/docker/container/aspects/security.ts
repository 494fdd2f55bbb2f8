/** What the container may do on the host. */
import * as spec from "../../support/spec";
import * as read from "../../support/values";
import type { Aspect } from "../aspect";

/** Handled by the client, not the engine: opens the kernel's paths that are masked otherwise. */
const OPEN_SYSTEM_PATHS = "systempaths=unconfined";

export const securityAspect: Aspect = {
  properties: spec.replacing({
    capabilities: spec.object({ adds: spec.textSet(), drops: spec.textSet() }),
    privileged: spec.flag(),
    readOnly: spec.flag({ default: false }),
    securityOpts: spec.textSet(),
    groupAdds: spec.textSet(),
    ulimits: spec.objectSet({
      name: spec.text({ required: true }),
      soft: spec.integer({ required: true }),
      hard: spec.integer({ required: true }),
    }),
    sysctls: spec.textMap(),
  }),

  toRequest(inputs, { HostConfig: host }) {
    const capabilities = read.object(inputs, "capabilities") ?? {};
    host.CapAdd = read.texts(capabilities, "adds");
    host.CapDrop = read.texts(capabilities, "drops");
    host.Privileged = read.flag(inputs, "privileged");
    host.ReadonlyRootfs = read.flag(inputs, "readOnly");
    const options = read.texts(inputs, "securityOpts");
    host.SecurityOpt = options.filter((option) => option !== OPEN_SYSTEM_PATHS);
    if (options.includes(OPEN_SYSTEM_PATHS)) Object.assign(host, { MaskedPaths: [], ReadonlyPaths: [] });
    host.GroupAdd = read.texts(inputs, "groupAdds");
    host.Ulimits = read.objects(inputs, "ulimits").map((limit) => ({
      Name: read.requiredText(limit, "name"),
      Soft: read.number(limit, "soft")!,
      Hard: read.number(limit, "hard")!,
    }));
    host.Sysctls = read.textMap(inputs, "sysctls");
  },

  fromEngine({ HostConfig: host }) {
    const adds = (host.CapAdd as string[] | null) ?? [];
    const drops = (host.CapDrop as string[] | null) ?? [];
    // The engine reports the default mask as a list; an empty one is what systempaths=unconfined leaves.
    const open = host.MaskedPaths?.length === 0 && !host.Privileged ? [OPEN_SYSTEM_PATHS] : [];
    // With the host's processes or IPC, or privileged, the engine itself switches labels off.
    const unlabelled = host.Privileged || host.PidMode === "host" || host.IpcMode === "host";
    const reported = ((host.SecurityOpt as string[] | null) ?? []).filter(
      (option) => !(unlabelled && option === "label=disable"),
    );
    const options = [...reported, ...open];
    return read.defined({
      capabilities: adds.length + drops.length > 0 ? read.defined({ adds, drops }) : undefined,
      privileged: host.Privileged || undefined,
      readOnly: host.ReadonlyRootfs ?? false,
      securityOpts: options.length > 0 ? options : undefined,
      groupAdds: host.GroupAdd?.length ? host.GroupAdd : undefined,
      ulimits: host.Ulimits?.length
        ? host.Ulimits.map(({ Name: name, Soft: soft, Hard: hard }) => ({
            name: name!,
            soft: soft!,
            hard: hard!,
          }))
        : undefined,
      sysctls: host.Sysctls && Object.keys(host.Sysctls).length > 0 ? host.Sysctls : undefined,
    });
  },
};

/** Which namespaces, runtime and storage the container uses. */
import * as spec from "../../support/spec";
import * as read from "../../support/values";
import type { Aspect } from "../aspect";

export const namespacesAspect: Aspect = {
  properties: spec.replacing({
    pidMode: spec.text(),
    usernsMode: spec.text(),
    ipcMode: spec.text(),
    cgroupnsMode: spec.text({ enum: ["private", "host", ""] }),
    cgroupParent: spec.text(),
    runtime: spec.text(),
    storageOpts: spec.textMap(),
  }),

  toRequest(inputs, { HostConfig: host }) {
    host.PidMode = read.filledText(inputs, "pidMode");
    host.UsernsMode = read.filledText(inputs, "usernsMode");
    host.IpcMode = read.filledText(inputs, "ipcMode");
    host.CgroupnsMode = read.filledText(inputs, "cgroupnsMode");
    host.CgroupParent = read.filledText(inputs, "cgroupParent");
    host.Runtime = read.filledText(inputs, "runtime");
    host.StorageOpt = read.textMap(inputs, "storageOpts");
  },

  // IPC mode, cgroup namespace and runtime are also the engine's defaults: they cannot be told from what was asked for.
  fromEngine({ HostConfig: host }) {
    return read.defined({
      pidMode: host.PidMode || undefined,
      usernsMode: host.UsernsMode || undefined,
      cgroupParent: host.CgroupParent || undefined,
    });
  },
};

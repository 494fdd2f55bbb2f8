/** What runs in the container, as whom and where. */
import * as spec from "../../support/spec";
import * as read from "../../support/values";
import type { Aspect } from "../aspect";

export const processAspect: Aspect = {
  properties: spec.replacing({
    command: spec.texts(),
    entrypoints: spec.texts(),
    envs: spec.textSet(),
    user: spec.text(),
    workingDir: spec.text(),
    tty: spec.flag({ default: false }),
    stdinOpen: spec.flag({ default: false }),
    stopSignal: spec.text(),
    stopTimeout: spec.integer(),
    init: spec.flag(),
  }),

  toRequest(inputs, request) {
    const [command, entrypoints] = [read.texts(inputs, "command"), read.texts(inputs, "entrypoints")];
    if (command.length > 0) request.Cmd = command;
    if (entrypoints.length > 0) request.Entrypoint = entrypoints;
    request.Env = read.texts(inputs, "envs");
    request.User = read.filledText(inputs, "user");
    request.WorkingDir = read.filledText(inputs, "workingDir");
    request.Tty = read.flag(inputs, "tty");
    request.OpenStdin = read.flag(inputs, "stdinOpen");
    request.StopSignal = read.filledText(inputs, "stopSignal");
    request.StopTimeout = read.number(inputs, "stopTimeout");
    request.HostConfig.Init = read.flag(inputs, "init") ?? false;
  },

  fromEngine({ Config: config, HostConfig: host }, image, asked) {
    const own = image?.Config;
    const askedEnvs = read.texts(asked, "envs");
    const entrypoints = asList(config.Entrypoint);
    return read.defined({
      command: unless(asList(config.Cmd), asList(own?.Cmd)),
      entrypoints: unless(entrypoints, asList(own?.Entrypoint)),
      // A variable that the program asked for stays its own, even where the image happens to set the same.
      envs: (config.Env ?? []).filter((env) => askedEnvs.includes(env) || !(own?.Env ?? []).includes(env)),
      user: differing(config.User, own?.User),
      workingDir: differing(config.WorkingDir, own?.WorkingDir),
      tty: config.Tty,
      stdinOpen: config.OpenStdin,
      stopSignal: config.StopSignal || undefined,
      stopTimeout: config.StopTimeout,
      // Creation always says whether: a program that does not ask for it leaves it at false.
      init: host.Init || undefined,
    });
  },
};

const asList = (value: string | string[] | null | undefined): string[] =>
  typeof value === "string" ? [value] : (value ?? []);

const unless = (value: string[], same: string[]): string[] | undefined =>
  JSON.stringify(value) === JSON.stringify(same) ? undefined : value;

const differing = (value: string, fromImage: string | undefined): string | undefined =>
  value && value !== fromImage ? value : undefined;

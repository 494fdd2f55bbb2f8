import * as fs from "node:fs";
import * as path from "node:path";
import { serveControl } from "./control/server";
import { placeEditorConfig, requireEditorLogin } from "./editor/config";
import { installExtensions } from "./editor/extensions";
import { credentialsOf } from "./git/credential";
import { placeGitConfig } from "./git/config";
import { seedHome } from "./home/seed";
import { CpuLoad, cpuUsedMs } from "./idle/cpu";
import { connectionTables, LastingConnections } from "./idle/connections";
import { ownProcesses } from "./idle/own-processes";
import { runningAgents, transfers } from "./idle/programs";
import { tellIdle, untellIdle } from "./idle/tell";
import { IdleWatch } from "./idle/watch";
import type { Log } from "./log";
import { prepareDotfiles } from "./once/dotfiles";
import { OnceWork } from "./once/once";
import { prepareRepositories } from "./once/repositories";
import { pathsBelow, type Options } from "./paths";
import { becomeUser, requireWritable } from "./settings/become-user";
import { childEnvironment } from "./settings/child-environment";
import { emptyPrivateFolder, writeWhole } from "./settings/place-files";
import { readSecrets } from "./settings/read-secrets";
import { readSpec } from "./settings/read-spec";
import { placeClientFiles } from "./ssh/client-files";
import { placeHostKey } from "./ssh/host-key";
import { placeServerFiles } from "./ssh/server-files";
import { endAll } from "./supervise/end-all";
import { services } from "./supervise/services";
import { placeAiSettings } from "./tools/ai-settings";
import { placeKeyFiles } from "./tools/key-files";
import type { Workspace } from "./workspace";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Runs the workspace until it is told to stop or nobody uses it.
 * @throws Error for every bad value, before anything is started.
 */
export async function run(options: Options, given: Environment, log: Log): Promise<void> {
  const stopped = stopSignal();
  const workspace = prepare(options, given, log);
  await placeFiles(workspace);
  const running = services(workspace);
  const once = new OnceWork(log);
  const startedAt = new Date().toISOString();
  const idle = idleWatch(workspace, once, () => stopped.end("idle"));
  const control = await serveControl(workspace.paths.socket, {
    status: async () => {
      const healthy = (await Promise.all(running.map((service) => service.answers()))).every(Boolean);
      return {
        ...{ name: workspace.spec.name, healthy, startedAt },
        ...{
          services: running.map((service) => service.status()),
          once: once.status(),
          idleStop: idle.status(),
        },
      };
    },
    keepAwake: (minutes) => idle.keepAwake(minutes),
    stop: (now) => {
      const inFlight = now ? [] : transfers(ownProcesses());
      if (inFlight.length === 0) setImmediate(() => stopped.end("asked"));
      return Promise.resolve(inFlight);
    },
  });
  for (const service of running) service.start();
  idle.start();
  beginOnceWork(workspace, once);
  const why = await stopped.reason;
  log.info("stop", why === "signal" ? "told to stop" : why === "idle" ? "idle" : "asked to stop");
  idle.stop();
  once.stop();
  control.close();
  // A platform that was not asked to stop must see that this end is meant.
  if (why !== "signal") markStopped(workspace);
  await endAll(running, log);
  log.info("stop", "stopped");
}

function stopSignal(): { reason: Promise<"signal" | "idle" | "asked">; end(why: "idle" | "asked"): void } {
  let end: (why: "signal" | "idle" | "asked") => void = () => undefined;
  const reason = new Promise<"signal" | "idle" | "asked">((resolve) => (end = resolve));
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => end("signal"));
  return { reason, end };
}

/** Everything that can be wrong is found out here. */
function prepare(options: Options, given: Environment, log: Log): Workspace {
  const paths = pathsBelow(options.root);
  const { spec, source } = readSpec(paths.specFile, given.BERTH_WORKSPACE);
  log.info("start", `workspace ${spec.name}, by ${source}`);
  const { values: secrets, warnings } = readSecrets(spec, paths.givenSecrets, given);
  for (const [key, value] of secrets) log.hide(key, value);
  for (const { host, password } of credentialsOf((key) => secrets.get(key))) log.hide(host, password);
  for (const warning of warnings) log.warn("secrets", warning);
  const environment = childEnvironment(given, paths);
  const workspace = { spec, secrets, paths, options, log, environment };
  requireEditorLogin(workspace);
  becomeUser(paths, options, log);
  requireWritable(paths);
  return workspace;
}

async function placeFiles(workspace: Workspace): Promise<void> {
  const { paths, secrets } = workspace;
  fs.rmSync(paths.stoppedMarker, { force: true });
  fs.rmSync(paths.idleNotice, { force: true });
  emptyPrivateFolder(paths.secrets);
  for (const [key, value] of secrets) writeWhole(path.join(paths.secrets, key), `${value}\n`);
  placeHostKey(workspace);
  placeServerFiles(workspace);
  placeClientFiles(workspace);
  placeGitConfig(workspace);
  placeKeyFiles(workspace);
  goOnWithout(workspace, "home", () => seedHome(workspace));
  goOnWithout(workspace, "tools", () => placeAiSettings(workspace));
  await placeEditorConfig(workspace);
}

/** A full volume, say, must not keep out the one who could make room. */
function goOnWithout({ log }: Workspace, part: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    log.error(
      part,
      `not all is in place (${(error as Error).message}): mend that, and start the workspace again`,
    );
  }
}

/** Behind the services, which wait for none of it. */
function beginOnceWork(workspace: Workspace, once: OnceWork): void {
  const projects = async (): Promise<void> => {
    await prepareDotfiles(workspace, once);
    await prepareRepositories(workspace, once);
  };
  void projects();
  void installExtensions(workspace, once);
}

function idleWatch(workspace: Workspace, once: OnceWork, end: () => void): IdleWatch {
  const { spec, options, paths, log } = workspace;
  const connections = new LastingConnections([
    { port: options.sshPort, what: "SSH" },
    { port: options.editorPort, what: "the editor" },
  ]);
  const cpu = new CpuLoad(options.minuteMs);
  return new IdleWatch(spec.idleStop, options.minuteMs, {
    look: () => {
      const processes = ownProcesses();
      const load = cpu.look(
        performance.now(),
        cpuUsedMs(paths.cgroup, () => processes),
      );
      return [
        ...connections.look(connectionTables()),
        ...(load >= spec.idleStop.busyCpuPercent ? [`${Math.round(load)} % of a core`] : []),
        ...runningAgents(processes),
        ...transfers(processes),
        ...once.running(),
      ];
    },
    inFlight: () => [...transfers(ownProcesses()), ...once.running()],
    warn: (minutesLeft) => tellIdle(workspace, minutesLeft),
    unwarn: () => untellIdle(workspace),
    end: (idleMinutes) => {
      log.info("idle", `nobody used it for ${idleMinutes} min`);
      end();
    },
  });
}

function markStopped({ paths, log }: Workspace): void {
  const folder = path.dirname(paths.stoppedMarker);
  try {
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(paths.stoppedMarker, `${new Date().toISOString()}\n`);
  } catch (error) {
    log.error("stop", `${paths.stoppedMarker} cannot be written (${(error as NodeJS.ErrnoException).code})`);
  }
}

import * as path from "node:path";
import type Docker from "dockerode";
import type { Pack } from "tar-stream";
import { readProgress } from "../../plugins/docker/engine/progress";
import { ClassicLog } from "../../plugins/docker/image/build-log";
import { packContext } from "../../plugins/docker/image/context-tar";
import type { ServerSettings } from "../../spec/gateway-api";
import type { LocalApp } from "../app/find-app";
import { causeOf, Failure } from "../failure";

/** What is built of an app. */
export interface ImageBuild {
  app: LocalApp;
  /** Absolute. */
  dockerfile: string;
  /** Stage of the Dockerfile. */
  target: string;
  /** The image's whole name, `<app>:dev-<developer id>-<tag>`. */
  imageName: string;
  labels?: Record<string, string>;
  server: ServerSettings;
  onLine: (line: string) => void;
  /** Ends the build, there too. */
  signal?: AbortSignal;
}

export interface BuiltImage {
  /** `sha256:…` */
  id: string;
  steps: number;
  /** Of them, those that the engine had from an earlier build. */
  cachedSteps: number;
}

/**
 * Builds on the shared host, by the classic builder, which the gateway can check. What `.dockerignore` names is not sent; a build whose
 * command ends is ended there too.
 * @throws Failure with the failing step and its last lines.
 */
export async function buildImage(engine: Docker, build: ImageBuild): Promise<BuiltImage> {
  const log = new ClassicLog();
  const context = await packContext(build.app.contextFolder, build.dockerfile, "classic");
  try {
    const [answer] = await Promise.all([
      send(engine, queryOf(build, context.dockerfile), context.stream, build.signal),
      context.packed,
    ]);
    await readProgress(answer, (message) => log.add(message).forEach(build.onLine));
  } catch (error) {
    throw buildFailure(build, log, error);
  }
  if (log.imageId === undefined)
    throw new Failure(`image ${build.imageName} was built, but the engine told no id: run it again`);
  return { id: log.imageId, steps: log.steps, cachedSteps: log.cachedSteps };
}

/** Query of POST /build (Docker Engine API, ImageBuild). */
function queryOf({ imageName, target, server, app, labels = {} }: ImageBuild, dockerfile: string): object {
  const { runtime, extraCa } = server.images;
  return {
    ...{ t: imageName, dockerfile, target, version: "1", forcerm: "true" },
    labels: JSON.stringify(labels),
    buildargs: JSON.stringify({
      BERTH_RUNTIME_IMAGE: runtime[app.manifest.language],
      ...(extraCa !== "" && { BERTH_EXTRA_CA_IMAGE: extraCa }),
    }),
  };
}

/** Past dockerode's buildImage, which sends its options in a form of its own. */
function send(
  engine: Docker,
  query: object,
  context: Pack,
  signal?: AbortSignal,
): Promise<NodeJS.ReadableStream> {
  const modem = engine.modem as {
    dial(options: object, done: (error: Error | null, answer: NodeJS.ReadableStream) => void): void;
  };
  return new Promise((resolve, reject) => {
    modem.dial(
      {
        ...{ method: "POST", path: "/build?", options: query, file: context, isStream: true },
        abortSignal: signal,
        statusCodes: { 200: true },
      },
      (error, answer) => (error ? reject(error) : resolve(answer)),
    );
  });
}

function buildFailure({ app, imageName, dockerfile }: ImageBuild, log: ClassicLog, error: unknown): Failure {
  const step = log.failedStep();
  const lines = step?.tail() ?? [];
  const shown = path.relative(process.cwd(), dockerfile);
  const text = [
    `image ${imageName} of app '${app.name}' cannot be built: ${causeOf(error)}`,
    ...(step ? [`Failing step of ${shown}: ${step.name}`] : []),
    ...(lines.length > 0 ? ["Its last lines:", ...lines.map((line) => `  ${line}`)] : []),
  ];
  return new Failure(text.join("\n"), error instanceof Failure ? error.exitCode : undefined, {
    cause: error,
  });
}

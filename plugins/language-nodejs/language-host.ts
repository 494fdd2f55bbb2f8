import * as grpc from "@grpc/grpc-js";
import type { ILanguageRuntimeServer } from "@pulumi/pulumi/proto/language_grpc_pb";
import * as language from "@pulumi/pulumi/proto/language_pb";
import { PackageDependency, PackageParameterization, PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { about } from "./about";
import { EngineConnection } from "./engine-connection";
import { installDependencies } from "./install-dependencies";
import { programDependencies } from "./program-dependencies";
import { infoOf } from "./program-info";
import { requiredPackages, type RequiredPackage } from "./required-packages";
import { runPlugin } from "./run-plugin";
import { runProgram } from "./run-program";
import { parseRuntimeOptions } from "./runtime-options";

/** Version of the official host that this one stands in for. */
export const HOST_VERSION = "3.256.0";

function packageMessage(required: RequiredPackage): PackageDependency {
  const message = new PackageDependency()
    .setName(required.name)
    .setKind("resource")
    .setVersion(required.version)
    .setServer(required.server ?? "");
  const { parameterization } = required;
  if (parameterization) {
    message.setParameterization(
      new PackageParameterization()
        .setName(parameterization.name)
        .setVersion(parameterization.version)
        .setValue(parameterization.value),
    );
  }
  return message;
}

/** Answers one call with what `handle` returns; what it throws becomes the call's error. */
function unary<Request, Response>(
  handle: (request: Request) => Promise<Response> | Response,
): grpc.handleUnaryCall<Request, Response> {
  return (call, respond) => {
    Promise.resolve()
      .then(() => handle(call.request))
      .then(
        (response) => respond(null, response),
        (error: Error) => respond({ code: grpc.status.UNKNOWN, details: error.message }),
      );
  };
}

/** Runs a call that streams its answer. */
function streaming<Request, Response>(
  handle: (call: grpc.ServerWritableStream<Request, Response>) => Promise<void>,
): grpc.handleServerStreamingCall<Request, Response> {
  return (call) => {
    handle(call).then(
      () => call.end(),
      (error: Error) => call.emit("error", { code: grpc.status.UNKNOWN, details: error.message }),
    );
  };
}

/** Code generation is the official host's: nothing that Berth does asks for it. */
function notOffered<Request, Response>(what: string): grpc.handleUnaryCall<Request, Response> {
  return (_call, respond) =>
    respond({
      code: grpc.status.UNIMPLEMENTED,
      details: `${what} is not offered by Berth's Node language host: install the official Pulumi ${HOST_VERSION} for it`,
    });
}

/** The methods of `pulumirpc.LanguageRuntime` for programs and plugins written for Node. Source: pulumi/language.proto. */
export function languageHost(settings: {
  tracing: string;
  engine: EngineConnection | undefined;
}): ILanguageRuntimeServer {
  const cancelled = new AbortController();
  let engine = settings.engine;

  return {
    handshake: unary((request: language.LanguageHandshakeRequest) => {
      engine ??= new EngineConnection(request.getEngineAddress());
      return new language.LanguageHandshakeResponse();
    }),
    getPluginInfo: unary(() => new PluginInfo().setVersion(HOST_VERSION)),
    getRequiredPlugins: notOffered("GetRequiredPlugins (asked for by engines older than 3.147)"),
    getRequiredPackages: unary((request: language.GetRequiredPackagesRequest) => {
      const { programDirectory, rootDirectory } = infoOf(request);
      const packages = requiredPackages(programDirectory, rootDirectory).map(packageMessage);
      return new language.GetRequiredPackagesResponse().setPackagesList(packages);
    }),
    run: unary(async (request: language.RunRequest) => {
      if (engine === undefined) return new language.RunResponse().setError("Run came before Handshake");
      await engine.log(`Berth's own language host stands in for the official nodejs v${HOST_VERSION}.`);
      return runProgram(request, {
        engineAddress: engine.address,
        tracing: settings.tracing,
        signal: cancelled.signal,
      });
    }),
    runPlugin: streaming((call) => runPlugin(call, cancelled.signal)),
    installDependencies: streaming(async (call) => {
      const { programDirectory, options } = infoOf(call.request);
      const Message = language.InstallDependenciesResponse;
      call.write(new Message().setStdout(Buffer.from("Installing dependencies...\n\n")));
      await installDependencies(programDirectory, parseRuntimeOptions(options), {
        onStdout: (chunk) => call.write(new Message().setStdout(chunk)),
        onStderr: (chunk) => call.write(new Message().setStderr(chunk)),
        signal: cancelled.signal,
      });
      call.write(new Message().setStdout(Buffer.from("Finished installing dependencies\n\n")));
    }),
    about: unary(async (request: language.AboutRequest) => {
      const { programDirectory, options } = infoOf(request);
      const found = await about(programDirectory, parseRuntimeOptions(options));
      const response = new language.AboutResponse().setExecutable(found.executable).setVersion(found.version);
      for (const [key, value] of Object.entries(found.metadata)) response.getMetadataMap().set(key, value);
      return response;
    }),
    getProgramDependencies: unary((request: language.GetProgramDependenciesRequest) => {
      const found = programDependencies(
        infoOf(request).programDirectory,
        request.getTransitivedependencies(),
      );
      const messages = found.map(({ name, version }) =>
        new language.DependencyInfo().setName(name).setVersion(version),
      );
      return new language.GetProgramDependenciesResponse().setDependenciesList(messages);
    }),
    runtimeOptionsPrompts: unary(() => new language.RuntimeOptionsResponse()),
    template: unary(() => new language.TemplateResponse()),
    generateProgram: notOffered("Generating programs"),
    generateProject: notOffered("Generating projects"),
    generatePackage: notOffered("Generating SDKs"),
    pack: notOffered("Packing SDKs"),
    link: notOffered("Linking local SDKs"),
    cancel: unary(() => {
      cancelled.abort();
      return new Empty();
    }),
  };
}

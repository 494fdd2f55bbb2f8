import type { ServerWritableStream } from "@grpc/grpc-js";
import type { AnalyzerStackConfigureRequest } from "@pulumi/pulumi/proto/analyzer_pb";
import { RunPluginResponse, type RunPluginRequest } from "@pulumi/pulumi/proto/language_pb";
import { runNode } from "./child-process";
import { locateModule } from "./locate-module";
import { PolicyProxy } from "./policy-proxy";
import { infoOf } from "./program-info";
import { parseRuntimeOptions, typescriptVariables } from "./runtime-options";

type PluginCall = ServerWritableStream<RunPluginRequest, RunPluginResponse>;

/** What a policy pack reads from its environment about the stack that it checks. */
function stackVariables(configuration: AnalyzerStackConfigureRequest | undefined): Record<string, string> {
  if (configuration === undefined) return {};
  const variables = {
    PULUMI_NODEJS_ORGANIZATION: configuration.getOrganization(),
    PULUMI_NODEJS_PROJECT: configuration.getProject(),
    PULUMI_NODEJS_STACK: configuration.getStack(),
    PULUMI_NODEJS_DRY_RUN: String(configuration.getDryRun()),
    PULUMI_CONFIG: JSON.stringify(Object.fromEntries(configuration.getConfigMap().getEntryList())),
  };
  return Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ""));
}

function environmentOf(request: RunPluginRequest): Record<string, string> {
  return Object.fromEntries(
    request.getEnvList().map((entry) => {
      const split = entry.indexOf("=");
      return [entry.slice(0, split), entry.slice(split + 1)];
    }),
  );
}

/** Calls `onPort` with the number in the first line of a stream, and hands everything after that line on. */
function splitFirstLine(
  onPort: (port: number) => void,
  onRest: (chunk: Buffer) => void,
): (chunk: Buffer) => void {
  let head: Buffer | undefined = Buffer.alloc(0);
  return (chunk) => {
    if (head === undefined) return onRest(chunk);
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf("\n");
    if (end < 0) return;
    onPort(Number(head.subarray(0, end).toString("utf8").trim()));
    const rest = head.subarray(end + 1);
    head = undefined;
    if (rest.length > 0) onRest(rest);
  };
}

/**
 * Runs a plugin written for Node (a policy pack, or a provider from its source folder) and streams its output and at last
 * its exit code. Ends the plugin when the engine hangs up. Throws if it cannot be started.
 */
export async function runPlugin(call: PluginCall, hostSignal: AbortSignal): Promise<void> {
  const { request } = call;
  const { programDirectory, options } = infoOf(request);
  const runtime = parseRuntimeOptions(options);
  const isPolicyPack = request.getKind() === "analyzer";
  const script = locateModule(
    isPolicyPack ? "@pulumi/pulumi/cmd/run-policy-pack" : "@pulumi/pulumi/cmd/run-plugin",
    programDirectory,
  );
  const ended = new AbortController();
  const end = (): void => ended.abort();
  call.on("cancelled", end);
  // Not AbortSignal.any: Node 20 may collect the signal that it makes while somebody waits for it (nodejs/node#54614).
  if (hostSignal.aborted) end();
  hostSignal.addEventListener("abort", end, { once: true });
  const { signal } = ended;
  const onStdout = (chunk: Buffer): void => void call.write(new RunPluginResponse().setStdout(chunk));
  const onStderr = (chunk: Buffer): void => void call.write(new RunPluginResponse().setStderr(chunk));
  const environment = { ...environmentOf(request), ...typescriptVariables(runtime) };

  if (!isPolicyPack) {
    const args = [...runtime.nodeArguments, script, programDirectory, ...request.getArgsList()];
    const exited = await runNode(args, { folder: request.getPwd(), environment, signal, onStdout, onStderr });
    call.write(new RunPluginResponse().setExitcode(exited.exitCode));
    return;
  }

  const proxy = new PolicyProxy();
  try {
    onStdout(Buffer.from(`${await proxy.start()}\n`));
    const aborted = new Promise<void>((resolve) =>
      signal.addEventListener("abort", () => resolve(), { once: true }),
    );
    const configuration = await Promise.race([proxy.awaitConfiguration(), aborted]);
    if (signal.aborted) return;
    const exited = await runNode(
      [...runtime.nodeArguments, script, ...request.getArgsList(), programDirectory],
      {
        folder: programDirectory,
        environment: { ...environment, ...stackVariables(configuration ?? undefined) },
        signal,
        onStdout: splitFirstLine((port) => proxy.attach(port), onStdout),
        onStderr,
      },
    );
    proxy.fail(
      `the policy pack in ${programDirectory} ended with exit code ${exited.exitCode}, see its output above`,
    );
    if (!signal.aborted) call.write(new RunPluginResponse().setExitcode(exited.exitCode));
  } finally {
    proxy.close();
  }
}

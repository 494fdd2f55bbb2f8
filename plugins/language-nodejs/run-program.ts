import { RunResponse, type RunRequest } from "@pulumi/pulumi/proto/language_pb";
import { runNode, type ExitedProcess } from "./child-process";
import { locateModule } from "./locate-module";
import { infoOf } from "./program-info";
import { programCommand } from "./run-command";
import { parseRuntimeOptions } from "./runtime-options";

/** The SDK's exit code for "the user has already seen what is wrong" (@pulumi/pulumi/cmd/run). */
const ERROR_ALREADY_SHOWN = 32;

function responseFor({ exitCode, ranOutOfMemory }: ExitedProcess): RunResponse {
  const response = new RunResponse();
  if (exitCode === 0) return response;
  if (exitCode === ERROR_ALREADY_SHOWN) return response.setBail(true);
  const advice = ranOutOfMemory
    ? ". Node ran out of memory: raise its limit in Pulumi.yaml, runtime options, nodeargs: --max-old-space-size=<MB>"
    : "";
  return response.setError(`Program exited with non-zero exit code: ${exitCode}${advice}`);
}

/** Runs a Pulumi program to its end. Its output is shown as it comes; every failure becomes the response's error. */
export async function runProgram(
  request: RunRequest,
  host: { engineAddress: string; tracing: string; signal: AbortSignal },
): Promise<RunResponse> {
  try {
    if (request.getAttachDebugger()) {
      throw new Error(
        "--attach-debugger is not supported by Berth's language host: put 'nodeargs: --inspect-brk' into Pulumi.yaml's runtime options",
      );
    }
    const info = infoOf(request);
    const command = programCommand(request, parseRuntimeOptions(info.options), {
      runScript: locateModule("@pulumi/pulumi/cmd/run", info.programDirectory),
      engine: host.engineAddress,
      tracing: host.tracing,
    });
    const exited = await runNode(command.args, {
      environment: { ...process.env, ...command.environment },
      signal: host.signal,
      onStdout: (chunk) => process.stdout.write(chunk),
      onStderr: (chunk) => process.stderr.write(chunk),
    });
    return responseFor(exited);
  } catch (error) {
    return new RunResponse().setError((error as Error).message);
  }
}

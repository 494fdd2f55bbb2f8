import type { ProgramInfo } from "@pulumi/pulumi/proto/language_pb";

/** Which program a request is about. */
export interface Program {
  /** Where Pulumi.yaml lies. */
  rootDirectory: string;
  /** Where the program lies: `main` of Pulumi.yaml, or the root. */
  programDirectory: string;
  /** `runtime.options` of Pulumi.yaml. */
  options: Record<string, unknown>;
}

/** The program that a request names. Throws for an engine too old to name one. */
export function infoOf(request: { getInfo(): ProgramInfo | undefined }): Program {
  const info = request.getInfo();
  if (info === undefined) {
    throw new Error("the engine names no program: Berth's language host needs Pulumi 3.256.0 or newer");
  }
  return {
    rootDirectory: info.getRootDirectory(),
    programDirectory: info.getProgramDirectory(),
    options: info.getOptions()?.toJavaScript() ?? {},
  };
}

import type { Guest } from "../../services/fly-machines/request";
import { withNeededSecrets } from "../../spec/workspace/container";
import { workspaceSize, type WorkspaceSpec } from "../../spec/workspace/workspace-spec";
import { guestOf, sizeProblem, type CpuKind } from "./machine-size";
import { appName, type FlyPlace } from "./names";
import { secretNames, secretProblems } from "./secret-names";

/** What a workspace is at Fly.io, before image and values of secrets are known. */
export interface FlyPlan {
  app: string;
  organization: string;
  region: string;
  guest: Guest;
  sizeGb: number;
  snapshotRetentionDays: number;
  ipv4: "dedicated" | "shared";
  autoStop: boolean;
  autoStart: boolean;
  /** Whether there is an editor to serve. */
  editor: boolean;
  target: "remote" | "full";
  spec: WorkspaceSpec;
  /** Names of the app's secrets by the spec's keys. */
  secrets: Record<string, string>;
}

export interface FlyPlanArgs extends FlyPlace {
  owner: string;
  name: string;
  spec: WorkspaceSpec;
  /** Keys of the secrets that have a value. */
  secretKeys: string[];
  target?: "remote" | "full";
  cpuKind?: CpuKind;
  snapshotRetentionDays?: number;
  dedicatedIpv4?: boolean;
  autoStop?: boolean;
  autoStart?: boolean;
}

/** The spec is a variable of the machine, which Linux gives 128 KiB at most (execve(2)). */
const LONGEST_SPEC_BYTES = 100_000;

/**
 * Everything that does not need Fly.io to be known.
 * @throws Error with all that cannot be, and what to write instead, before anything is declared.
 */
export function flyPlan(args: FlyPlanArgs): FlyPlan {
  const { organization = "personal", region, cpuKind = "shared", target = "full" } = args;
  const { snapshotRetentionDays = 5, dedicatedIpv4 = true, autoStop = false, autoStart = true } = args;
  const editor = target === "full";
  const spec = editor ? withNeededSecrets(args.spec) : args.spec;
  const problems = [
    ...regionProblems(region),
    ...[sizeProblem(spec.size, cpuKind)].filter((problem) => problem !== undefined),
    ...retentionProblems(snapshotRetentionDays),
    ...secretProblems(spec, args.secretKeys, editor),
    ...specProblems(spec),
  ];
  if (problems.length > 0)
    throw new Error(
      `workspace ${args.name} of ${args.owner} cannot be made on Fly.io:\n${problems.map((problem) => `  ${problem}`).join("\n")}`,
    );
  return {
    ...{ app: appName(args), organization, region, spec, target, snapshotRetentionDays, autoStop, autoStart },
    guest: guestOf(spec.size, cpuKind),
    sizeGb: workspaceSize(spec.size).diskGb,
    ipv4: dedicatedIpv4 ? "dedicated" : "shared",
    editor,
    secrets: secretNames(args.secretKeys),
  };
}

function regionProblems(region: string): string[] {
  if (/^[a-z]{3}$/.test(region)) return [];
  return [`region is '${region}': give three letters of the list that 'fly platform regions' prints`];
}

function retentionProblems(days: number): string[] {
  if (Number.isInteger(days) && days >= 1 && days <= 60) return [];
  return [`snapshotRetentionDays is ${days}: Fly.io keeps snapshots for 1 to 60 days`];
}

function specProblems(spec: WorkspaceSpec): string[] {
  const bytes = Buffer.byteLength(JSON.stringify(spec));
  if (bytes <= LONGEST_SPEC_BYTES) return [];
  return [
    `the spec has ${bytes} bytes: Fly.io gives it to the machine as a variable, which has room for ${LONGEST_SPEC_BYTES}: name fewer keys, repositories or servers`,
  ];
}

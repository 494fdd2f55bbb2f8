/** What `mutagen sync list --template '{{json .}}'` prints (pkg/api/models/synchronization of v0.18.1), as far as it is read here. */
import { z } from "zod";

const problem = z.object({ path: z.string(), error: z.string() });

const entry = z
  .looseObject({ kind: z.string(), digest: z.string().optional(), target: z.string().optional() })
  .nullable();

const change = z.object({ path: z.string(), old: entry, new: entry });

const conflict = z.object({
  root: z.string(),
  alphaChanges: z.array(change).nullable(),
  betaChanges: z.array(change).nullable(),
});

const stagingProgress = z.object({
  receivedFiles: z.number(),
  expectedFiles: z.number(),
  totalReceivedSize: z.number(),
});

const endpoint = z.object({
  path: z.string(),
  host: z.string().optional(),
  user: z.string().optional(),
  environment: z.record(z.string(), z.string()).optional(),
  connected: z.boolean(),
  /** Absent where they are 0 and where it is not connected. */
  files: z.number().default(0),
  directories: z.number().default(0),
  symbolicLinks: z.number().default(0),
  totalFileSize: z.number().default(0),
  scanned: z.boolean().default(false),
  scanProblems: z.array(problem).nullish(),
  transitionProblems: z.array(problem).nullish(),
  excludedScanProblems: z.number().default(0),
  excludedTransitionProblems: z.number().default(0),
  stagingProgress: stagingProgress.nullish(),
});

const session = z.object({
  identifier: z.string(),
  name: z.string().default(""),
  creationTime: z.string(),
  labels: z.record(z.string(), z.string()).nullish(),
  paused: z.boolean(),
  ignore: z.looseObject({ paths: z.array(z.string()).default([]) }).prefault({}),
  status: z.string(),
  lastError: z.string().default(""),
  successfulCycles: z.number().default(0),
  conflicts: z.array(conflict).nullish(),
  excludedConflicts: z.number().default(0),
  /** The laptop. */
  alpha: endpoint,
  /** The container. */
  beta: endpoint,
});

export type MutagenSession = z.output<typeof session>;
export type MutagenConflict = z.output<typeof conflict>;
export type MutagenProblem = z.output<typeof problem>;
export type MutagenEndpoint = z.output<typeof endpoint>;

/** @throws Error where it is not what this version of Mutagen prints. */
export function parseSessions(json: string): MutagenSession[] {
  return z.array(session).parse(JSON.parse(json));
}

/** Mutagen stopped by itself, because going on would have deleted everything on one side. */
export function isHalted({ status }: MutagenSession): boolean {
  return status.startsWith("halted-");
}

/** Both ends are there, and a first cycle went through since they are. */
export function isWatching({ paused, status, successfulCycles }: MutagenSession): boolean {
  return !paused && status === "watching" && successfulCycles > 0;
}

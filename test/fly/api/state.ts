import { randomBytes } from "node:crypto";
import type { MachineConfig } from "./bodies";

/** What the fake holds; names of the fields are those of the API's answers. */
export interface FakeApp {
  id: string;
  name: string;
  organization: string;
  addresses: { ip: string; shared: boolean }[];
  volumes: FakeVolume[];
  machines: FakeMachine[];
  secrets: Map<string, string>;
  secretsVersion: number;
}

export interface FakeVolume {
  id: string;
  name: string;
  state: string;
  size_gb: number;
  region: string;
  encrypted: boolean;
  snapshot_retention: number;
  auto_backup_enabled: boolean;
  attached_machine_id: string | null;
}

export interface FakeEvent {
  type: string;
  status: string;
  source: string;
  timestamp: number;
  request?: { exit_event: { exit_code: number; oom_killed: boolean; requested_stop: boolean } };
}

export interface FakeMachine {
  id: string;
  name: string;
  state: string;
  region: string;
  instance_id: string;
  config: MachineConfig;
  events: FakeEvent[];
  /** Boots so far. */
  boots: number;
  /** The app's secrets as the machine saw them when it booted. */
  environment: Record<string, string>;
  bootedAtMs: number;
  lease?: { nonce: string; expiresAtMs: number; owner: string };
}

/** What the fake does on its own, and a test may change at any time. */
export interface Behaviour {
  regions: string[];
  /** Names that belong to another customer. */
  foreignApps: string[];
  /** How long each state on the way to another lasts. */
  stepMs: number;
  /** How long after a boot the checks begin to pass. */
  checksAfterMs: number;
  /** With what a machine's program ends soon after its boot; undefined: it goes on. */
  exitCode: number | undefined;
  /** What a failing check says. */
  checkOutput: string;
}

export const hex = (bytes: number): string => randomBytes(bytes).toString("hex");

/** Fly's error: a status and its words, with the code that some have. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly words: string,
    readonly code?: string,
  ) {
    super(words);
  }
}

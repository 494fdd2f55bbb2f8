import { table } from "../../scripts/lib/table";
import { Lab, type Replica } from "../../test/services/onboarding/lab";
import { quickRequest } from "../../test/services/onboarding/request-builder";
import type { Leftovers } from "../lib/cleanup";
import { median } from "../lib/statistics";

const DEFAULT_REQUESTS = 200;
/** Until caches are warm and code is compiled. */
const WARM_UP = 20;
const LONGEST_P99_MS = 150;

export interface OnboardingBenchSettings {
  /** How many certificates of each kind are asked for, one after the other. */
  requests?: number;
}

/**
 * How long a developer waits for a certificate: from the request to the whole answer over a new TLS connection, for a PIN and by renewal,
 * from a service of its own with a Postgres of its own. PINs and keys are made outside of the time.
 */
export async function measureOnboarding(
  settings: OnboardingBenchSettings,
  leftovers: Leftovers,
): Promise<string> {
  const requests = settings.requests ?? DEFAULT_REQUESTS;
  const lab = await Lab.start();
  leftovers.add("the onboarding service and its Postgres", () => lab.dispose());
  const replica = await lab.replica();
  const issued: number[] = [];
  const renewed: number[] = [];
  for (let round = -WARM_UP; round < requests; round++) {
    const { issueMs, renewMs } = await onboardOnce(lab, replica, `b${round + WARM_UP}`);
    if (round < 0) continue;
    issued.push(issueMs);
    renewed.push(renewMs);
  }
  return [
    `a certificate signing request becomes a certificate, ${requests} times`,
    table(
      ["what", "median ms", "p99 ms", "most ms", "asked p99", "met"],
      [
        ["for a PIN", ...row(issued)],
        ["by renewal", ...row(renewed)],
      ],
    ),
    "",
    `idle memory of the service: ${await idleMegabytes(lab, replica)} MB`,
  ].join("\n");
}

async function onboardOnce(
  lab: Lab,
  replica: Replica,
  devId: string,
): Promise<{ issueMs: number; renewMs: number }> {
  const pin = await lab.pin(devId);
  const [first, second] = [quickRequest(), quickRequest()];
  const startedMs = performance.now();
  const answer = await lab.issue(replica, devId, pin, first.csrPem);
  const issuedMs = performance.now();
  if (answer.status !== 200) throw new Error(`no certificate for ${devId}: ${answer.text}`);
  const identity = { certPem: String(answer.json.clientCert), keyPem: first.keyPem };
  const renewal = await lab.renew(replica, identity, second.csrPem);
  if (renewal.status !== 200) throw new Error(`no renewal for ${devId}: ${renewal.text}`);
  return { issueMs: issuedMs - startedMs, renewMs: performance.now() - issuedMs };
}

function row(times: number[]): string[] {
  const sorted = [...times].sort((a, b) => a - b);
  const p99 = sorted[Math.ceil(sorted.length * 0.99) - 1] ?? NaN;
  const shown = [median(times), p99, sorted.at(-1) ?? NaN].map((milliseconds) => milliseconds.toFixed(1));
  return [...shown, `<= ${LONGEST_P99_MS}`, p99 <= LONGEST_P99_MS ? "yes" : "NO"];
}

async function idleMegabytes(lab: Lab, replica: Replica): Promise<string> {
  const { text } = await lab.get(replica, "/metrics");
  const bytes = /^process_resident_memory_bytes (\d+)/m.exec(text)?.[1];
  return (Number(bytes) / 1_000_000).toFixed(0);
}

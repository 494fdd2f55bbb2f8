import { endOf, fingerprintOf, serialOf } from "../identity/pair";
import type { Identity } from "../identity/identity";
import { IdentityStore } from "../identity/store";
import { printFact, tableOf, type OutputOptions } from "../output";
import { DEFAULT_THRESHOLDS } from "../server/answer";
import { configPath, readSettings, type Setting, type SettingFlags } from "../settings";
import { dockerEndpointOf } from "./endpoint";
import { daysLeft, renewalWarning } from "./renewal";

const MASK = "********";

/** `berth dev config`: asks nobody, so it works without a network. */
export function configCommand(flags: SettingFlags & OutputOptions): void {
  const settings = readSettings(flags);
  const { home, devId, server, caFingerprint, workspaceRoot, syncMode } = settings;
  const store = devId.value === undefined ? undefined : new IdentityStore(home.value, devId.value);
  const identity = store?.current();
  const { facts } = identity ?? {};
  const fromServer = (value: string | undefined): Setting => ({ value, source: "server" });
  const all: Record<string, Setting> = {
    home,
    configFile: { value: configPath(home.value), source: home.source },
    devId,
    server,
    caFingerprint:
      caFingerprint.value === undefined && identity?.caPem
        ? { value: fingerprintOf(identity.caPem), source: "file" }
        : caFingerprint,
    ...{ workspaceRoot, syncMode },
    certificates: { value: store?.link, source: home.source },
    dockerEndpoint: dockerEndpointOf(identity, server.value),
    ...thresholdsOf(identity),
    secretsEncryption: fromServer(facts && MASK),
    sharedSecrets: fromServer(facts?.sharedSecrets || undefined),
  };
  const certificate = identity && certificateFacts(identity);
  const rows = Object.entries(all).map(([name, { value, source }]) => [
    name,
    value ?? "(none)",
    value === undefined ? "" : source,
  ]);
  const text = [
    tableOf(["setting", "value", "source"], rows),
    "",
    certificate ? certificateText(certificate) : "certificate: none yet; `berth dev init` gets one",
  ];
  printFact(flags, { settings: all, certificate: certificate ?? null }, text.join("\n"));
}

function thresholdsOf(identity: Identity | undefined): Record<string, Setting> {
  const thresholds = identity?.facts?.thresholds ?? DEFAULT_THRESHOLDS;
  const source = identity?.facts ? "server" : "default";
  return Object.fromEntries(
    Object.entries(thresholds).map(([name, days]) => [name, { value: String(days), source }]),
  );
}

interface CertificateFacts {
  serial: string | null;
  endsAt: string | null;
  daysLeft: number | null;
  problem: string | null;
  warning: string | null;
}

function certificateFacts(identity: Identity): CertificateFacts {
  const { certPem, problem } = identity;
  const isReadable = certPem !== "" && serialOf(certPem) !== "0".repeat(32);
  return {
    serial: isReadable ? serialOf(certPem) : null,
    endsAt: isReadable ? endOf(certPem).toISOString() : null,
    daysLeft: isReadable ? Math.floor(daysLeft(certPem)) : null,
    problem: problem ?? null,
    warning: problem === undefined ? (renewalWarning(identity) ?? null) : null,
  };
}

function certificateText({ serial, endsAt, daysLeft: days, problem, warning }: CertificateFacts): string {
  const end =
    endsAt === null ? "certificate: unreadable" : `certificate ${serial} ends at ${endsAt} (${days} days)`;
  const remedy =
    problem === null ? "" : `; ${problem}: \`berth dev init\` repairs it, or onboards with a PIN`;
  return `${end}${remedy}${warning === null ? "" : `\n${warning}`}`;
}

/** Container inputs that the engine would refuse or misread, refused with the way to say it right. */
import type { CheckFailure, CheckOutcome, Properties, Value } from "../../kit/types";
import * as read from "../support/values";
import { parseDuration } from "./duration";

const NOT_NEGATIVE = [
  "memory",
  "memoryReservation",
  "cpuShares",
  "cpuPeriod",
  "cpuQuota",
  "shmSize",
  "waitTimeout",
];
const DURATIONS = ["interval", "timeout", "startPeriod", "startInterval"];

type Rule = (inputs: Properties) => CheckFailure[];

export function checkContainer(inputs: Properties): CheckOutcome {
  const rules: Rule[] = [
    checkNumbers,
    checkTexts,
    checkCommand,
    checkHealth,
    checkUploads,
    checkVolumes,
    checkPairs,
  ];
  return { inputs, failures: rules.flatMap((rule) => rule(inputs)) };
}

const failure = (property: string, reason: string): CheckFailure[] => [{ property, reason }];

function checkNumbers(inputs: Properties): CheckFailure[] {
  const negative = NOT_NEGATIVE.filter((name) => (read.number(inputs, name) ?? 0) < 0);
  const swap = read.number(inputs, "memorySwap") ?? 0;
  return [
    ...negative.flatMap((name) => failure(name, "must not be negative")),
    ...(swap < -1 ? failure("memorySwap", "must be -1 (unlimited) or a number of megabytes") : []),
  ];
}

function checkTexts(inputs: Properties): CheckFailure[] {
  const cpuSet = read.filledText(inputs, "cpuSet");
  const cpus = read.filledText(inputs, "cpus");
  return [
    ...(cpuSet && !/^\d+([,-]\d+)*$/.test(cpuSet)
      ? failure("cpuSet", 'must list processors, like "0-1" or "0,2"')
      : []),
    ...(cpus && !(Number(cpus) > 0) ? failure("cpus", 'must be a number of processors, like "0.5"') : []),
  ];
}

function checkCommand(inputs: Properties): CheckFailure[] {
  const command = read.list(inputs, "command");
  return command.includes("")
    ? failure(`command[${command.indexOf("")}]`, "must not be empty; leave it out")
    : [];
}

function checkHealth(inputs: Properties): CheckFailure[] {
  const check = read.object(inputs, "healthcheck") ?? {};
  const retries = read.number(check, "retries") ?? 0;
  return [
    ...DURATIONS.flatMap((name) => checkDuration(check, name)),
    ...(retries < 0 ? failure("healthcheck.retries", "must not be negative") : []),
  ];
}

function checkDuration(check: Properties, name: string): CheckFailure[] {
  try {
    parseDuration(read.filledText(check, name) ?? "0s");
    return [];
  } catch (error) {
    return failure(`healthcheck.${name}`, (error as Error).message);
  }
}

const given = (value: Value | undefined): boolean => value !== undefined && value !== null && value !== "";

function checkUploads(inputs: Properties): CheckFailure[] {
  return read.objects(inputs, "uploads").flatMap((upload, index) => {
    const at = `uploads[${index}]`;
    const sources = ["content", "contentBase64", "source"].filter((name) => given(upload[name]));
    const permissions = read.filledText(upload, "permissions");
    const encoded = read.filledText(upload, "contentBase64");
    return [
      // An empty file is content "": only that no source is named at all is a mistake.
      ...(sources.length === 0 && upload.content !== ""
        ? failure(at, "needs one of content, contentBase64 or source")
        : []),
      ...(sources.length > 1
        ? failure(at, `has ${sources.join(" and ")}, but may have only one of them`)
        : []),
      ...(permissions && !/^0[0-7]{3}$/.test(permissions)
        ? failure(`${at}.permissions`, 'must be octal with a leading zero, like "0644"')
        : []),
      ...(encoded && !/^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(encoded)
        ? failure(`${at}.contentBase64`, "is not base64")
        : []),
    ];
  });
}

function checkVolumes(inputs: Properties): CheckFailure[] {
  return read.objects(inputs, "volumes").flatMap((volume, index) => {
    const at = `volumes[${index}]`;
    const [from, path] = [given(volume.fromContainer), given(volume.containerPath)];
    if (!from && !path) return failure(at, "needs containerPath or fromContainer");
    if (from && path)
      return failure(at, "has containerPath and fromContainer, but may have only one of them");
    const host = read.filledText(volume, "hostPath");
    return host && !/^(\/|[A-Za-z]:[\\/])/.test(host)
      ? failure(`${at}.hostPath`, "must be an absolute path")
      : [];
  });
}

function checkPairs(inputs: Properties): CheckFailure[] {
  return [
    ...(given(inputs.gpus) && read.list(inputs, "deviceRequests").length > 0
      ? failure("gpus", "cannot be combined with deviceRequests")
      : []),
    ...(read.flag(inputs, "rm") && !["no", undefined, ""].includes(read.text(inputs, "restart"))
      ? failure("rm", 'cannot be combined with a restart policy; set restart to "no"')
      : []),
  ];
}

import { randomBytes } from "node:crypto";
import { z } from "zod";
import { allow, type RequestContext, type RouteRule } from "../context";
import { findImage, ownTag } from "../images";
import { checkLabels } from "../labels";
import { flag, matching, never, platform, text, wholeNumber, type Parameter } from "../parameters";
import { malformed, refuseField } from "../refusals";
import { parseStrictJson } from "../strict-json";
import type { Allow } from "../types";
import { CHECKED_START, contextTransform } from "./context-transform";
import { checkDockerfile } from "./dockerfile";

const MIB = 1024 * 1024;
const CPU_PERIOD = 100_000;

const classicOnly: Parameter = (value) =>
  value === "" || value === "1"
    ? value
    : refuseField(
        "query parameter 'version'",
        "BuildKit cannot be checked by the gateway: set DOCKER_BUILDKIT=0",
      );
const buildKitOnly = never("it belongs to BuildKit, which the gateway cannot check: set DOCKER_BUILDKIT=0");
const limits = "the gateway sets the limits of a build";

export const buildRoutes: RouteRule[] = [
  {
    method: "POST",
    pattern: "/build",
    query: {
      ...{ version: classicOnly, dockerfile: text, t: text, q: flag, nocache: flag, rm: flag, forcerm: flag },
      ...{
        buildargs: text,
        labels: text,
        target: matching(/^[A-Za-z0-9_.-]{0,128}$/, "the name of a stage"),
        platform,
      },
      shmsize: wholeNumber,
      networkmode: (value) =>
        ["", "default"].includes(value)
          ? undefined
          : refuseField("query parameter 'networkmode'", "a build runs in the default network"),
      ...{ session: buildKitOnly, buildid: buildKitOnly, outputs: buildKitOnly },
      remote: never("the engine fetches nothing for a build: send the context"),
      pull: never("what the FROM lines name is there already: a pull could put something else in its place"),
      cachefrom: never("the cache is the engine's own"),
      squash: never("it needs an experimental engine"),
      cgroupparent: never("a build stays in the engine's own cgroup"),
      extrahosts: never("names in a build are the network's own"),
      securityopt: never("seccomp and AppArmor stay as the engine sets them"),
      isolation: never("Windows only"),
      ulimits: never(limits),
      ...{
        memory: never(limits),
        memswap: never(limits),
        cpushares: never(limits),
        cpuperiod: never(limits),
      },
      ...{ cpuquota: never(limits), cpusetcpus: never(limits), cpusetmems: never(limits) },
    },
    repeatable: ["t"],
    body: "stream",
    stream: true,
    decide: build,
  },
];

const stringMap = z.record(z.string(), z.string().nullable());

/**
 * Lets a build through to the classic builder: tags in the caller's namespace, labels of the gateway, limits, and the Dockerfile
 * checked on its way (see checkDockerfile).
 */
function build(context: RequestContext): Allow {
  const { ownership, query, repeated } = context;
  const buildArgs = mapOf(query.get("buildargs"), "buildargs");
  const requested = mapOf(query.get("labels"), "labels");
  const given = Object.fromEntries(Object.entries(requested).map(([key, value]) => [key, value ?? ""]));
  const { labels, environment } = checkLabels(ownership, "query parameter 'labels'", given);
  const request = { buildArgs, labels: ownership.labels(environment), target: query.get("target") ?? "" };
  const tags = (repeated.get("t") ?? []).filter((tag) => tag !== "").map((tag) => ownTag(ownership, tag));
  const dockerfile = pathOf(query.get("dockerfile") ?? "");
  const checkedName = `${CHECKED_START}${randomBytes(12).toString("hex")}`;
  const { defaults, quota } = ownership.settings;
  // A build needs more than an idle container; half of what its developer may have at most.
  const memory = Math.max(defaults.memoryMb, Math.floor(quota.memoryMb / 2)) * MIB;
  const passed = ["version", "q", "nocache", "rm", "forcerm", "target", "platform", "shmsize"];
  return allow(context, `build ${tags.join(" ") || "without a tag"}`, {
    query: [
      ...[...query].filter(([name]) => passed.includes(name)),
      ...tags.map((tag) => ["t", tag] as const),
      ["dockerfile", checkedName],
      ["buildargs", JSON.stringify(buildArgs)],
      ["labels", JSON.stringify(labels)],
      ["networkmode", "default"],
      ["memory", String(memory)],
      ["memswap", String(memory)],
      ["cpuperiod", String(CPU_PERIOD)],
      ["cpuquota", String(Math.round(quota.cpus * CPU_PERIOD))],
    ],
    headers: { "content-type": "application/x-tar", "content-encoding": undefined },
    bodyTransform: () =>
      contextTransform({
        dockerfile,
        checkedName,
        check: (source) => checkDockerfile(source, request, (reference) => findImage(context, reference)),
      }),
  });
}

function mapOf(raw: string | undefined, name: string): Record<string, string | null> {
  if (raw === undefined || raw === "" || raw === "null") return {};
  const parsed = stringMap.safeParse(parseStrictJson(Buffer.from(raw)));
  if (!parsed.success) malformed(`query parameter '${name}' must be a JSON object of strings`);
  return parsed.data;
}

function pathOf(asked: string): string {
  const path = asked.replace(/^(\.\/+)+/, "").replace(/\/+/g, "/");
  if (path === "") return "Dockerfile";
  if (
    path.startsWith("/") ||
    path.endsWith("/") ||
    path.split("/").some((part) => part === ".." || part === ".")
  ) {
    malformed("query parameter 'dockerfile' must be a path inside the build context");
  }
  return path;
}

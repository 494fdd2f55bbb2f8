import { isObject, kept, shownContainer, shownImage, shownVolume, type Json } from "../answers";
import { allow, withQuery, type RequestContext, type RouteRule } from "../context";
import { shownEvent } from "../events";
import { asIs, formatFilters, maybeContainers, maybeImages, ownNames, rewriteFilters } from "../filters";
import { flag, matching, text, time } from "../parameters";
import type { Allow } from "../types";

/** Of `docker info`, what clients need to decide how to speak; the rest tells about the host and other people's things. */
const INFO_FIELDS = [
  ...[
    "ID",
    "Name",
    "ServerVersion",
    "OSType",
    "OSVersion",
    "OperatingSystem",
    "Architecture",
    "KernelVersion",
  ],
  ...[
    "NCPU",
    "MemTotal",
    "Driver",
    "LoggingDriver",
    "CgroupDriver",
    "CgroupVersion",
    "DefaultRuntime",
    "SystemTime",
  ],
  ...[
    "MemoryLimit",
    "SwapLimit",
    "CpuCfsPeriod",
    "CpuCfsQuota",
    "CPUShares",
    "CPUSet",
    "PidsLimit",
    "IPv4Forwarding",
  ],
  ...[
    "BridgeNfIptables",
    "BridgeNfIp6tables",
    "OomKillDisable",
    "SecurityOptions",
    "InitBinary",
    "ProductLicense",
  ],
];

export const systemRoutes: RouteRule[] = [
  { method: "GET", pattern: "/_ping", decide: (context) => allow(context, "engine") },
  { method: "HEAD", pattern: "/_ping", decide: (context) => allow(context, "engine") },
  { method: "GET", pattern: "/version", decide: (context) => allow(context, "engine") },
  { method: "GET", pattern: "/info", decide: info },
  {
    method: "GET",
    pattern: "/events",
    query: { since: time, until: time, filters: text },
    stream: true,
    decide: events,
  },
  {
    method: "GET",
    pattern: "/system/df",
    query: {
      type: matching(/^(container|image|volume|build-cache)$/, "container, image, volume or build-cache"),
      verbose: flag,
    },
    repeatable: ["type"],
    decide: diskUsage,
  },
  {
    method: "POST",
    pattern: "/build/prune",
    query: {
      all: flag,
      filters: text,
      "keep-storage": text,
      "reserved-space": text,
      "max-used-space": text,
      "min-free-space": text,
    },
    decide: pruneBuildCache,
  },
];

function info(context: RequestContext): Allow {
  return allow(context, "engine", {
    answer: {
      json: (body) => ({
        ...(isObject(body)
          ? Object.fromEntries(INFO_FIELDS.flatMap((name) => (name in body ? [[name, body[name]]] : [])))
          : {}),
        Swarm: { LocalNodeState: "inactive" },
      }),
    },
  });
}

async function events(context: RequestContext): Promise<Allow> {
  const plain = { event: asIs, label: asIs, type: asIs, scope: asIs };
  const named = { container: maybeContainers, image: maybeImages, network: ownNames, volume: ownNames };
  const filters = await rewriteFilters(context, { ...plain, ...named });
  return allow(context, "events", {
    query: withQuery(context.query, { filters: formatFilters(filters) }),
    answer: { jsonLines: (event) => (isObject(event) ? shownEvent(context.ownership, event) : undefined) },
  });
}

function diskUsage(context: RequestContext): Allow {
  const { ownership } = context;
  return allow(context, "engine", {
    answer: {
      json: (body) => {
        const usage = isObject(body) ? body : {};
        const images = kept(usage["Images"], (image) => shownImage(ownership, image));
        const size = (image: Json): number => (typeof image["Size"] === "number" ? image["Size"] : 0);
        return {
          LayersSize: images.reduce((total, image) => total + size(image), 0),
          Images: images,
          Containers: kept(usage["Containers"], (container) => shownContainer(ownership, container)),
          Volumes: kept(usage["Volumes"], (volume) => shownVolume(ownership, volume)),
          BuildCache: [],
        };
      },
    },
  });
}

/** BuildKit's cache belongs to nobody and to all: of it a prune takes nothing, so that `docker system prune` can go on. */
function pruneBuildCache(context: RequestContext): Allow {
  return allow(context, "no build cache", {
    query: [["filters", JSON.stringify({ id: ["nobody-has-this-id"] })]],
  });
}

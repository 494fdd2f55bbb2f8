import { shownContainer, shownInspect, isObject, kept } from "../answers";
import { createContainer } from "../container/create";
import { renameContainer, updateContainer } from "../container/change";
import { allow, withQuery, type RequestContext, type RouteRule } from "../context";
import { asIs, formatFilters, containers, maybeImages, names, ownNames, rewriteFilters } from "../filters";
import { findContainer } from "../lookup";
import type { Access } from "../ownership";
import {
  detachKeys,
  duration,
  flag,
  ignored,
  isTrue,
  matching,
  never,
  platform,
  text,
  time,
  wholeNumber,
  type Parameters,
} from "../parameters";
import { refuse } from "../refusals";
import type { Allow } from "../types";

const signal = matching(/^[A-Za-z0-9+-]{0,16}$/, "a signal");
const LIST_FILTERS = {
  ...{ label: asIs, status: asIs, health: asIs, exited: asIs, id: asIs, "is-task": asIs, isolation: asIs },
  ...{ publish: asIs, expose: asIs, name: names, network: ownNames, volume: ownNames },
  ...{ before: containers, since: containers, ancestor: maybeImages },
};

/** A rule that finds the container, and sends the request on under its full id. */
function onContainer(
  method: string,
  action: string,
  access: Access,
  query: Parameters = {},
  more: Partial<RouteRule> = {},
): RouteRule {
  return {
    method,
    pattern: `/containers/{id}${action}`,
    query,
    decide: async (context) => {
      const container = await findContainer(context, context.names["id"] ?? "", access);
      return allow(context, `container ${container.Name.slice(1)}`, {
        path: `/containers/${container.Id}${action}`,
      });
    },
    ...more,
  };
}

const streams = { detachKeys, logs: flag, stream: flag, stdin: flag, stdout: flag, stderr: flag };
const logs = {
  follow: flag,
  stdout: flag,
  stderr: flag,
  since: time,
  until: time,
  timestamps: flag,
  tail: matching(/^(all|[0-9]{0,9})$/, "a number or all"),
  details: flag,
};
/** dockerode repeats the parameters of a POST in its body. */
export const dropped = { body: "dropped" } as const;
const stopping = { t: duration, signal };

export const containerRoutes: RouteRule[] = [
  {
    method: "GET",
    pattern: "/containers/json",
    query: { all: flag, limit: wholeNumber, size: flag, filters: text },
    decide: listContainers,
  },
  {
    method: "POST",
    pattern: "/containers/create",
    query: { name: text, platform },
    body: "json",
    decide: createContainer,
  },
  {
    method: "POST",
    pattern: "/containers/prune",
    query: { filters: text },
    ...dropped,
    decide: pruneContainers,
  },
  onContainer("GET", "/json", "read", { size: flag }, { decide: inspectContainer }),
  onContainer("GET", "/top", "operate", {
    ps_args: matching(
      /^(|-ef|-e|-f|aux|-aux|ax|-o [a-z,]+|-eo [a-z,]+)$/,
      "one of ps's plain forms, such as aux",
    ),
  }),
  onContainer("GET", "/logs", "operate", logs, { stream: (query) => isTrue(query.get("follow")) }),
  onContainer("GET", "/changes", "operate"),
  onContainer(
    "GET",
    "/stats",
    "operate",
    { stream: flag, "one-shot": flag },
    { stream: (query) => isTrue(query.get("stream") ?? "1") },
  ),
  onContainer("GET", "/export", "own", {}, { stream: true }),
  onContainer(
    "POST",
    "/attach",
    "own",
    { ...streams, hijack: ignored },
    { ...dropped, upgrade: true, stream: true },
  ),
  onContainer("POST", "/resize", "own", { h: wholeNumber, w: wholeNumber }, dropped),
  onContainer("POST", "/start", "operate", {
    detachKeys,
    checkpoint: never("checkpoints are not taken: start it without"),
    "checkpoint-dir": never("checkpoints are not taken: start it without"),
  }),
  onContainer("POST", "/stop", "operate", stopping, dropped),
  onContainer("POST", "/restart", "operate", stopping, dropped),
  onContainer("POST", "/kill", "operate", { signal }, dropped),
  onContainer("POST", "/pause", "operate", {}, dropped),
  onContainer("POST", "/unpause", "operate", {}, dropped),
  onContainer(
    "POST",
    "/wait",
    "operate",
    { condition: matching(/^(|not-running|next-exit|removed)$/, "not-running, next-exit or removed") },
    { ...dropped, stream: true },
  ),
  onContainer("POST", "/rename", "own", { name: text }, { ...dropped, decide: renameContainer }),
  onContainer("POST", "/update", "own", {}, { body: "json", decide: updateContainer }),
  onContainer("DELETE", "", "operate", {
    v: flag,
    force: flag,
    link: never("remove the container that holds the link"),
  }),
  onContainer("HEAD", "/archive", "own", { path: text }),
  onContainer("GET", "/archive", "own", { path: text }, { stream: true }),
  onContainer(
    "PUT",
    "/archive",
    "own",
    { path: text, noOverwriteDirNonDir: flag, copyUIDGID: flag },
    { body: "stream", stream: true, decide: putArchive },
  ),
];

async function listContainers(context: RequestContext): Promise<Allow> {
  const { ownership, query } = context;
  const filters = await rewriteFilters(context, LIST_FILTERS);
  const stack =
    ownership.caller.role === "developer" ? `berth.stack=${ownership.settings.stack}` : "berth.stack";
  const limit = Number(query.get("limit") ?? "0");
  return allow(context, "containers", {
    query: withQuery(query, {
      filters: formatFilters({ ...filters, label: [...(filters["label"] ?? []), stack] }),
      // The engine would count what the caller does not see; a limit also means stopped ones.
      limit: undefined,
      ...(limit > 0 && { all: "1" }),
    }),
    answer: {
      json: (body) => {
        const shown = kept(body, (container) => shownContainer(ownership, container));
        return limit > 0 ? shown.slice(0, limit) : shown;
      },
    },
  });
}

async function inspectContainer(context: RequestContext): Promise<Allow> {
  const container = await findContainer(context, context.names["id"] ?? "", "read");
  return allow(context, `container ${container.Name.slice(1)}`, {
    path: `/containers/${container.Id}/json`,
    answer: { json: (body) => (isObject(body) ? shownInspect(context.ownership, body) : {}) },
  });
}

async function pruneContainers(context: RequestContext): Promise<Allow> {
  const filters = await rewriteFilters(context, { label: asIs, "label!": asIs, until: asIs });
  return allow(context, "own containers", {
    query: withQuery(context.query, { filters: ownOnly(context, filters) }),
  });
}

/** Filters for a prune: of what they leave, only the caller's own in dev. */
export function ownOnly({ ownership }: RequestContext, filters: Record<string, string[]>): string {
  const own = Object.entries(ownership.labels("dev")).map(([key, value]) => `${key}=${value}`);
  return JSON.stringify({ ...filters, label: [...(filters["label"] ?? []), ...own] });
}

async function putArchive(context: RequestContext): Promise<Allow> {
  const container = await findContainer(context, context.names["id"] ?? "", "own");
  const name = container.Name.slice(1);
  if ((container.Mounts ?? []).some(({ Type }) => Type === "bind")) {
    refuse(
      403,
      "host-folder",
      `container ${name} mounts a folder of the host: copy nothing into it, edit the source instead`,
      `container ${name}`,
    );
  }
  return allow(context, `container ${name}`, {
    path: `/containers/${container.Id}/archive`,
    headers: { "content-type": "application/x-tar" },
  });
}

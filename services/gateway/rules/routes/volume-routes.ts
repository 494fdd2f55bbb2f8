import { z } from "zod";
import { randomBytes } from "node:crypto";
import { isObject, kept, shownVolume } from "../answers";
import { checkBody, never, onlyDefault } from "../container/fields";
import { allow, withQuery, type RequestContext, type RouteRule } from "../context";
import { asIs, formatFilters, names, rewriteFilters } from "../filters";
import { checkLabels } from "../labels";
import { findVolume, isTaken, maybeVolume } from "../lookup";
import { flag, text } from "../parameters";
import { absent, refuseField } from "../refusals";
import type { Allow } from "../types";
import { dropped, ownOnly } from "./container-routes";

const createSchema = z.strictObject({
  Name: z.string().max(200).nullish(),
  Driver: onlyDefault(["local"], "volumes are of the local driver"),
  DriverOpts: never("options of the local driver can name a path of the host"),
  Labels: z.record(z.string(), z.string()).nullish(),
  ClusterVolumeSpec: never("no swarm"),
});

export const volumeRoutes: RouteRule[] = [
  { method: "GET", pattern: "/volumes", query: { filters: text }, decide: listVolumes },
  { method: "POST", pattern: "/volumes/create", body: "json", decide: createVolume },
  { method: "POST", pattern: "/volumes/prune", query: { filters: text }, ...dropped, decide: pruneVolumes },
  { method: "GET", pattern: "/volumes/{name}", decide: inspectVolume },
  { method: "DELETE", pattern: "/volumes/{name}", query: { force: flag }, decide: removeVolume },
];

async function listVolumes(context: RequestContext): Promise<Allow> {
  const filters = await rewriteFilters(context, { label: asIs, driver: asIs, dangling: asIs, name: names });
  return allow(context, "volumes", {
    query: withQuery(context.query, { filters: formatFilters(filters) }),
    answer: {
      json: (body) => ({
        Volumes: kept(isObject(body) ? body["Volumes"] : [], (volume) =>
          shownVolume(context.ownership, volume),
        ),
        Warnings: null,
      }),
    },
  });
}

async function inspectVolume(context: RequestContext): Promise<Allow> {
  const volume = await findVolume(context, context.names["name"] ?? "", "read");
  return allow(context, `volume ${volume.Name}`, { path: `/volumes/${volume.Name}`, answer: shown(context) });
}

async function createVolume(context: RequestContext): Promise<Allow> {
  const { ownership, quota } = context;
  const { Name, Labels } = checkBody(createSchema, context.body);
  const { environment, labels } = checkLabels(ownership, "Labels", Labels);
  const name = ownership.physical(Name || randomBytes(16).toString("hex"), environment);
  if (!name.startsWith(ownership.start(environment))) refuseField("Name", `is not a name in ${environment}`);
  // The engine would hand out what is there, whoever made it.
  if (!(await maybeVolume(context, name, "own")) && (await isTaken(context, name)))
    absent.volume(Name ?? name);
  const release = await quota.reserve(context, { volumes: [name] });
  return allow(context, `volume ${name}`, {
    body: { Name: name, Driver: "local", Labels: labels },
    answer: shown(context),
    release,
  });
}

function shown({ ownership }: RequestContext): Allow["answer"] {
  return { json: (body) => (isObject(body) ? shownVolume(ownership, body) : {}) };
}

async function pruneVolumes(context: RequestContext): Promise<Allow> {
  const filters = await rewriteFilters(context, { label: asIs, "label!": asIs, all: asIs });
  return allow(context, "own volumes", {
    query: withQuery(context.query, { filters: ownOnly(context, filters) }),
  });
}

async function removeVolume(context: RequestContext): Promise<Allow> {
  const volume = await findVolume(context, context.names["name"] ?? "", "operate");
  return allow(context, `volume ${volume.Name}`, { path: `/volumes/${volume.Name}` });
}

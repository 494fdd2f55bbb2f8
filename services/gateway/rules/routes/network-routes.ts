import { z } from "zod";
import { isObject, kept, shownNetwork } from "../answers";
import { endpointSchema } from "../container/create-schema";
import { checkBody, never, onlyDefault, flag as bodyFlag } from "../container/fields";
import { checkEndpoint, networkName } from "../container/networking";
import { allow, withQuery, type RequestContext, type RouteRule } from "../context";
import type { InspectedContainer, InspectedNetwork } from "../engine-objects";
import { asIs, formatFilters, names, rewriteFilters } from "../filters";
import { checkLabels } from "../labels";
import { findContainer, findNetwork } from "../lookup";
import { flag, text } from "../parameters";
import { refuseField } from "../refusals";
import type { Allow } from "../types";
import { dropped, ownOnly } from "./container-routes";

const createSchema = z.strictObject({
  Name: z.string().min(1).max(200),
  CheckDuplicate: bodyFlag,
  Driver: onlyDefault(["bridge"], "networks are bridges on this host"),
  Scope: onlyDefault(["local"], "networks are bridges on this host"),
  EnableIPv4: onlyDefault([true], "networks have IPv4"),
  EnableIPv6: never("networks have IPv4 only"),
  IPAM: z
    .strictObject({
      Driver: onlyDefault(["default"], "addresses come from the engine's own pools"),
      Options: never("addresses come from the engine's own pools"),
      Config: never(
        "subnets are the engine's to give: one of your choice could take the place of the host's own networks",
      ),
    })
    .nullish(),
  Internal: bodyFlag,
  Attachable: bodyFlag,
  Ingress: never("no swarm"),
  ConfigOnly: never("no swarm"),
  ConfigFrom: z
    .strictObject({ Network: never("no swarm") })
    .nullish()
    .transform((): undefined => undefined)
    .optional(),
  Options: never("they reach the host's network"),
  Labels: z.record(z.string(), z.string()).nullish(),
});

const connectSchema = z.strictObject({
  Container: z.string().min(1),
  EndpointConfig: endpointSchema.nullish(),
});
const disconnectSchema = z.strictObject({ Container: z.string().min(1), Force: bodyFlag });

export const networkRoutes: RouteRule[] = [
  { method: "GET", pattern: "/networks", query: { filters: text }, decide: listNetworks },
  { method: "POST", pattern: "/networks/create", body: "json", decide: createNetwork },
  { method: "POST", pattern: "/networks/prune", query: { filters: text }, ...dropped, decide: pruneNetworks },
  { method: "GET", pattern: "/networks/{id}", query: { verbose: flag, scope: text }, decide: inspectNetwork },
  { method: "POST", pattern: "/networks/{id}/connect", body: "json", decide: connect },
  { method: "POST", pattern: "/networks/{id}/disconnect", body: "json", decide: disconnect },
  { method: "DELETE", pattern: "/networks/{id}", decide: removeNetwork },
];

async function listNetworks(context: RequestContext): Promise<Allow> {
  const plain = { label: asIs, driver: asIs, type: asIs, id: asIs, scope: asIs, dangling: asIs };
  const filters = await rewriteFilters(context, { ...plain, name: names });
  return allow(context, "networks", {
    query: withQuery(context.query, { filters: formatFilters(filters) }),
    answer: { json: (body) => kept(body, (network) => shownNetwork(context.ownership, network)) },
  });
}

async function inspectNetwork(context: RequestContext): Promise<Allow> {
  const network = await findNetwork(context, context.names["id"] ?? "", "read");
  return allow(context, `network ${network.Name}`, {
    path: `/networks/${network.Id}`,
    query: withQuery(context.query, { scope: undefined }),
    answer: { json: (body) => (isObject(body) ? shownNetwork(context.ownership, body) : {}) },
  });
}

async function createNetwork(context: RequestContext): Promise<Allow> {
  const { ownership, quota } = context;
  const { Name, Internal, Labels } = checkBody(createSchema, context.body);
  const { environment, labels } = checkLabels(ownership, "Labels", Labels);
  const name = ownership.physical(Name, environment);
  if (!name.startsWith(ownership.start(environment))) refuseField("Name", `is not a name in ${environment}`);
  const release = await quota.reserve(context, { networks: [name] });
  return allow(context, `network ${name}`, {
    body: {
      Name: name,
      CheckDuplicate: true,
      Driver: "bridge",
      Labels: labels,
      ...(Internal && { Internal }),
    },
    release,
  });
}

async function pruneNetworks(context: RequestContext): Promise<Allow> {
  const filters = await rewriteFilters(context, { label: asIs, "label!": asIs, until: asIs });
  return allow(context, "own networks", {
    query: withQuery(context.query, { filters: ownOnly(context, filters) }),
  });
}

async function removeNetwork(context: RequestContext): Promise<Allow> {
  const network = await findNetwork(context, context.names["id"] ?? "", "operate");
  return allow(context, `network ${network.Name}`, { path: `/networks/${network.Id}` });
}

async function connect(context: RequestContext): Promise<Allow> {
  const { Container, EndpointConfig } = checkBody(connectSchema, context.body);
  const { network, container } = await joined(context, Container);
  const { ownership } = context;
  const environment = ownership.environmentOf(container.Config.Labels) ?? "dev";
  const hostName = container.Config.Hostname ?? "";
  // Newer engines answer for a container's host name in each of its networks.
  if (
    network.Name === ownership.networkOf(environment) &&
    !container.Id.startsWith(hostName) &&
    !hostName.startsWith(ownership.start(environment))
  ) {
    refuseField(
      "Container",
      `its host name '${hostName}' would answer for others' in the environment's network: create it there, or without a host name`,
    );
  }
  const EndpointConfigChecked = await checkEndpoint(
    context,
    environment,
    network.Name,
    EndpointConfig ?? {},
    "EndpointConfig",
  );
  return allow(context, `network ${network.Name}`, {
    path: `/networks/${network.Id}/connect`,
    body: { Container: container.Id, EndpointConfig: EndpointConfigChecked },
  });
}

async function disconnect(context: RequestContext): Promise<Allow> {
  const { Container, Force } = checkBody(disconnectSchema, context.body);
  const { network, container } = await joined(context, Container);
  return allow(context, `network ${network.Name}`, {
    path: `/networks/${network.Id}/disconnect`,
    body: { Container: container.Id, Force: Force ?? false },
  });
}

/** A container of the caller, and a network of its environment that it may stand in; "bridge" is the environment's own, as in create. */
async function joined(
  context: RequestContext,
  reference: string,
): Promise<{ network: InspectedNetwork; container: InspectedContainer }> {
  const container = await findContainer(context, reference, "own");
  const environment = context.ownership.environmentOf(container.Config.Labels) ?? "dev";
  const name = await networkName(context, context.names["id"] ?? "", environment);
  return { network: await findNetwork(context, name, "read"), container };
}

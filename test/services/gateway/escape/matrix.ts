import { table } from "../../../../services/gateway/rules/table";
import type { EscapeCase } from "./corpus/escape-case";

/** References to one kind of the victim's objects: by name, by id, by the start of an id. */
const REFERENCES: Record<string, string[]> = {
  containers: ["$B", "$B_ID", "$B_SHORT"],
  exec: ["$B_EXEC"],
  networks: ["$B_NETWORK", "$B_NETWORK_ID"],
  volumes: ["$B_VOLUME"],
  images: ["$B_IMAGE", "$B_IMAGE_ID", "$B_IMAGE_SHORT"],
};

/** What a route needs to be well-formed. */
const REQUESTS: Record<string, { query?: string; body?: object; upgrade?: true; tar?: true }> = {
  "POST /containers/{id}/exec": { body: { Cmd: ["cat", "/data/secret"], AttachStdout: true } },
  "POST /containers/{id}/attach": { query: "stream=1&stdout=1&logs=1", upgrade: true },
  "POST /containers/{id}/rename": { query: "name=stolen" },
  "POST /containers/{id}/update": { body: { Memory: 33_554_432 } },
  "POST /containers/{id}/resize": { query: "h=1&w=1" },
  "DELETE /containers/{id}": { query: "force=1&v=1" },
  "GET /containers/{id}/logs": { query: "stdout=1&follow=1" },
  "GET /containers/{id}/stats": { query: "stream=0" },
  "HEAD /containers/{id}/archive": { query: "path=/data" },
  "GET /containers/{id}/archive": { query: "path=/data" },
  "PUT /containers/{id}/archive": { query: "path=/data", tar: true },
  "POST /exec/{id}/start": { body: { Detach: true } },
  "POST /exec/{id}/resize": { query: "h=1&w=1" },
  "POST /networks/{id}/connect": { body: { Container: "$A" } },
  "POST /networks/{id}/disconnect": { body: { Container: "$B", Force: true } },
  "POST /images/{image}/tag": { query: "repo=stolen" },
  "DELETE /images/{image}": { query: "force=1" },
  "DELETE /volumes/{name}": { query: "force=1" },
};

const lists = [
  "/containers/json?all=1&size=1",
  "/networks",
  "/volumes",
  "/images/json?all=1&digests=1",
  "/system/df",
  "/info",
  "/version",
  "/_ping",
];

/** Every route that names one object, aimed at the victim's by each kind of reference. */
export function objectCases(): EscapeCase[] {
  return table.flatMap(({ method, pattern, ...rule }): EscapeCase[] => {
    const name = `${method} ${pattern}`;
    if ("denied" in rule || !pattern.includes("{")) return [];
    const { query, body, upgrade, tar } = REQUESTS[name] ?? {};
    return (REFERENCES[pattern.split("/")[1] ?? ""] ?? []).map((reference) => ({
      name: `${name} of ${reference}`,
      method,
      target: `/v1.41${pattern.replace(/\{\w+\}/, reference)}${query ? `?${query}` : ""}`,
      ...(body && { body }),
      ...(tar && { context: [{ name: "secret", content: "overwritten" }] }),
      ...(upgrade && { headers: { Connection: "Upgrade", Upgrade: "tcp" } }),
      expect: 404,
    }));
  });
}

/** Routes that name objects in their query or body. */
export const referenceCases: EscapeCase[] = [
  ...[
    { HostConfig: { NetworkMode: "$B_NETWORK" } },
    { HostConfig: { NetworkMode: "$B_NETWORK_ID" } },
    { HostConfig: { NetworkMode: "container:$B" } },
    { HostConfig: { NetworkMode: "container:$B_ID" } },
    { HostConfig: { PidMode: "container:$B_SHORT" } },
    { HostConfig: { IpcMode: "container:$B" } },
    { HostConfig: { VolumesFrom: ["$B:ro"] } },
    { HostConfig: { Links: ["$B:db"] } },
    { NetworkingConfig: { EndpointsConfig: { $B_NETWORK: {} } } },
    { NetworkingConfig: { EndpointsConfig: { default: { Links: ["$B_ID:db"] } } } },
    { Image: "$B_IMAGE" },
    { Image: "$B_IMAGE_ID" },
    { Image: "$B_IMAGE_SHORT" },
  ].map((fields): EscapeCase => ({
    name: `POST /containers/create with ${JSON.stringify(fields)}`,
    method: "POST",
    target: "/v1.41/containers/create?name=escape",
    body: { Image: "berth-base:trixie", ...fields },
    expect: "Image" in fields ? 404 : 400,
  })),
  ...["/commit?container=$B", "/commit?container=$B_ID&repo=stolen", "/commit?container=$B_SHORT"].map(
    (target): EscapeCase => ({
      name: `POST ${target}`,
      method: "POST",
      target: `/v1.41${target}`,
      expect: 404,
    }),
  ),
  ...[
    "/images/get?names=$B_IMAGE",
    "/images/get?names=berth-base:trixie&names=$B_IMAGE_ID",
    `/containers/json?filters=${encodeURIComponent('{"before":["')}$B${encodeURIComponent('"]}')}`,
    `/containers/json?filters=${encodeURIComponent('{"since":["')}$B_ID${encodeURIComponent('"]}')}`,
    `/images/json?filters=${encodeURIComponent('{"before":["')}$B_IMAGE${encodeURIComponent('"]}')}`,
  ].map((target): EscapeCase => ({
    name: `GET ${target}`,
    method: "GET",
    target: `/v1.41${target}`,
    expect: 404,
  })),
];

/** Routes that answer, and must not speak of the victim. */
export const listCases: EscapeCase[] = [
  ...lists,
  "/events?since=0&until=$NOW",
  ...["ancestor", "network", "volume", "name", "id"].map(
    (filter) =>
      `/containers/json?all=1&filters=${encodeURIComponent(`{"${filter}":["`)}$B${encodeURIComponent('"]}')}`,
  ),
  `/events?since=0&until=$NOW&filters=${encodeURIComponent('{"container":["')}$B${encodeURIComponent('"]}')}`,
].map((target): EscapeCase => ({
  name: `GET ${target}`,
  method: "GET",
  target: `/v1.41${target}`,
  expect: 200,
}));

/** Prunes, which must leave what is the victim's. */
export const pruneCases: EscapeCase[] = ["containers", "networks", "volumes", "images", "build"].flatMap(
  (kind) =>
    ["", `?filters=${encodeURIComponent('{"label!":["berth.owner=01"]}')}`].map((query): EscapeCase => ({
      name: `POST /${kind}/prune${query}`,
      method: "POST",
      target: `/v1.41/${kind}/prune${query}`,
      expect: 200,
    })),
);

/** Routes of the table that nothing here aims at the victim through. */
export function uncovered(): string[] {
  const aimed = new Set(
    [...objectCases(), ...referenceCases, ...listCases, ...pruneCases].map(({ name }) =>
      name.replace(/\/v1\.41/, ""),
    ),
  );
  const covers = (name: string): boolean =>
    [...aimed].some((one) => one === name || one.startsWith(`${name} `) || one.startsWith(`${name}?`));
  return table
    .filter((line) => !("denied" in line))
    .map(({ method, pattern }) => `${method} ${pattern}`)
    .filter((name) => !covers(name));
}

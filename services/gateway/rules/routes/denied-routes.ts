import type { DeniedRoute } from "../context";

const BUILDKIT =
  "BuildKit cannot be checked by the gateway: set DOCKER_BUILDKIT=0, and docker build uses the classic builder";
const SWARM = "this host is no swarm: use containers, or docker compose";
const PLUGINS = "plugins run with the engine's rights: ask the operator";
const REGISTRY =
  "the gateway carries no registry credentials: the operator promotes images (make promote), and shared images are there already";
const LOAD =
  "an archive of an image cannot be checked: build it (docker build, FROM scratch and ADD of its files)";
const CHECKPOINTS = "checkpoints write to the host: start containers anew";
const DEBUG = "the engine's own state is the operator's to see";

/** Routes that the engine has and nobody gets, with what to do instead. Every other that is not in the table is refused as unknown. */
const DENIED: [method: string, pattern: string, why: string][] = [
  ["POST", "/session", BUILDKIT],
  ["POST", "/grpc", BUILDKIT],
  ["POST", "/build/cancel", BUILDKIT],
  ["POST", "/images/load", LOAD],
  ["POST", "/images/{image}/push", REGISTRY],
  ["GET", "/images/{image}/attestations", REGISTRY],
  ["GET", "/images/search", REGISTRY],
  ["GET", "/distribution/{image}/json", REGISTRY],
  ["POST", "/auth", REGISTRY],
  ["POST", "/containers/{id}/copy", "the engine took it away: use docker cp"],
  ["GET", "/containers/{id}/attach/ws", "attach over a web socket is not taken: use docker attach"],
  ["GET", "/containers/{id}/checkpoints", CHECKPOINTS],
  ["POST", "/containers/{id}/checkpoints", CHECKPOINTS],
  ["DELETE", "/containers/{id}/checkpoints/{checkpoint}", CHECKPOINTS],
  ["GET", "/networks/", "leave out the slash at the end"],
  ["PUT", "/volumes/{name}", SWARM],
  ["OPTIONS", "/{image}", "the gateway is not for browsers"],
  ...[
    "/vars",
    "/pprof/",
    "/pprof/cmdline",
    "/pprof/profile",
    "/pprof/symbol",
    "/pprof/trace",
    "/pprof/{name}",
  ].flatMap((path): [string, string, string][] => [
    ["GET", `/debug${path}`, DEBUG],
    ["GET", path, DEBUG],
  ]),
  ["GET", "/plugins", PLUGINS],
  ["GET", "/plugins/{image}/json", PLUGINS],
  ["GET", "/plugins/privileges", PLUGINS],
  ["DELETE", "/plugins/{image}", PLUGINS],
  ["POST", "/plugins/{image}/enable", PLUGINS],
  ["POST", "/plugins/{image}/disable", PLUGINS],
  ["POST", "/plugins/pull", PLUGINS],
  ["POST", "/plugins/{image}/push", PLUGINS],
  ["POST", "/plugins/{image}/upgrade", PLUGINS],
  ["POST", "/plugins/{image}/set", PLUGINS],
  ["POST", "/plugins/create", PLUGINS],
  ["GET", "/swarm", SWARM],
  ["GET", "/swarm/unlockkey", SWARM],
  ...["init", "join", "leave", "update", "unlock"].map((action): [string, string, string] => [
    "POST",
    `/swarm/${action}`,
    SWARM,
  ]),
  ...["services", "nodes", "secrets", "configs"].flatMap((kind): [string, string, string][] => [
    ["GET", `/${kind}`, SWARM],
    ["GET", `/${kind}/{id}`, SWARM],
    // Nodes join, and are not created.
    ...(kind === "nodes" ? [] : [["POST", `/${kind}/create`, SWARM] as [string, string, string]]),
    ["POST", `/${kind}/{id}/update`, SWARM],
    ["DELETE", `/${kind}/{id}`, SWARM],
  ]),
  ["GET", "/services/{id}/logs", SWARM],
  ["GET", "/tasks", SWARM],
  ["GET", "/tasks/{id}", SWARM],
  ["GET", "/tasks/{id}/logs", SWARM],
];

export const deniedRoutes: DeniedRoute[] = DENIED.map(([method, pattern, denied]) => ({
  method,
  pattern,
  denied,
}));

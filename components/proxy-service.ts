import type * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { stackName } from "../spec/names";
import { ServiceContainer, serviceVolume, type ServiceSettings } from "./service-container";

/** Where proxy and proxy-routes meet: a folder of route files. */
const ROUTES_FOLDER = "/run/berth-proxy";

export interface ProxyServiceArgs extends ServiceSettings {
  network: pulumi.Input<string>;
  /** Port on the engine's host. */
  httpPort: number;
  /** Address on the engine's host; loopback keeps the proxy to that host. */
  bindAddress: string;
  /** End of every app's host name. */
  domain: string;
  memoryMb: number;
}

/**
 * The reverse proxy, and beside it the container that keeps its routes. The second one holds the engine's socket, so it has no
 * network; the first one is reached by everybody, so it has no socket (docs/decisions/0002).
 */
export class ProxyService extends pulumi.ComponentResource {
  readonly proxyContainer: pulumi.Output<string>;
  readonly routesContainer: pulumi.Output<string>;
  readonly url: pulumi.Output<string>;

  constructor(name: string, args: ProxyServiceArgs, options?: pulumi.ComponentResourceOptions) {
    super("berth:infra:ProxyService", name, {}, options);
    const routes = serviceVolume(name, args.scope, "proxy-routes", this);
    const routesMount = { type: "volume" as const, source: routes.name, target: ROUTES_FOLDER };

    const proxy = new ServiceContainer(
      `${name}-server`,
      {
        ...args,
        role: "proxy",
        container: {
          memoryMb: args.memoryMb,
          pids: 128,
          mounts: [{ ...routesMount, readOnly: true }],
          ports: [portOf(args)],
        },
      },
      { parent: this },
    );
    const keeper = new ServiceContainer(
      `${name}-routes`,
      {
        ...args,
        role: "proxy-routes",
        network: undefined,
        container: {
          memoryMb: 128,
          pids: 64,
          environment: routesEnvironment(args, proxy.containerName),
          mounts: [
            routesMount,
            { type: "bind", source: args.engine.socketPath, target: "/var/run/docker.sock" },
          ],
        },
      },
      { parent: this },
    );
    this.proxyContainer = proxy.containerName;
    this.routesContainer = keeper.containerName;
    this.url = pulumi.output(proxyUrl(args));
    this.registerOutputs({ url: this.url });
  }
}

function portOf({ httpPort, bindAddress }: ProxyServiceArgs): docker.types.input.ContainerPort {
  return { internal: 8080, external: httpPort, ip: bindAddress, protocol: "tcp" };
}

function routesEnvironment(
  { scope, domain }: ProxyServiceArgs,
  proxyContainer: pulumi.Input<string>,
): pulumi.Input<string>[] {
  return [
    `BERTH_DOMAIN=${domain}`,
    `BERTH_STACK=${stackName(scope)}`,
    pulumi.interpolate`BERTH_PROXY_CONTAINER=${proxyContainer}`,
  ];
}

/** The proxy's own address as clients write it; the port stays out where it is the usual one. */
export function proxyUrl({ domain, httpPort }: { domain: string; httpPort: number }): string {
  return `http://${domain}${httpPort === 80 ? "" : `:${httpPort}`}`;
}

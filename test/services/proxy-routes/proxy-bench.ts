import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { buildSync } from "esbuild";
import { Workbench } from "../../support/workbench";

/** An HTTP server that answers everything with its variable ANSWER. */
const SERVER = `require("node:http").createServer((request, response) => response.end(process.env.ANSWER)).listen(3000)`;

/**
 * A real proxy and its proxy-routes, as the stack `<prefix>-dev` has them, and networks and apps of this and other stacks.
 */
export class ProxyBench extends Workbench {
  /** The network of the proxy's own stack. */
  ownNetwork = "";
  nodeImage = "";
  proxy = "";
  routes = "";
  /** Loopback port of the proxy; another after each start of the proxy. */
  proxyPort = 0;
  private readonly context = fs.mkdtempSync(path.join(os.tmpdir(), "btest-proxy-routes-"));
  private volumeName = "";
  private proxyImage = "";

  /** Builds the images, starts both containers and waits until they are healthy. */
  async open(): Promise<void> {
    this.nodeImage = await this.build("images/runtime-node");
    this.proxyImage = await this.build("images/proxy");
    const routesImage = await this.buildRoutes("proxy-routes");
    this.ownNetwork = await this.stackNetwork("dev");
    this.volumeName = await this.volume();
    this.routes = await this.start("routes", routesImage, {
      network: "none",
      volumes: { [this.volumeName]: "/run/berth-proxy", "/var/run/docker.sock": "/var/run/docker.sock" },
      env: this.settings(),
    });
    await this.startProxy();
    await this.waitUntilHealthy(this.routes);
  }

  override async dispose(): Promise<void> {
    fs.rmSync(this.context, { recursive: true });
    await super.dispose();
  }

  /** The variables of proxy-routes. */
  settings(): Record<string, string> {
    return {
      BERTH_STACK: this.stack("dev"),
      BERTH_PROXY_CONTAINER: `${this.prefix}-proxy`,
      BERTH_DOMAIN: "localhost",
    };
  }

  async buildRoutes(tag: string): Promise<string> {
    fs.cpSync("images/proxy-routes", this.context, { recursive: true });
    buildSync({
      entryPoints: ["services/proxy-routes/main.ts"],
      outfile: path.join(this.context, "bundle/main.js"),
      bundle: true,
      platform: "node",
      target: "node20",
      external: ["cpu-features", "*.node"],
    });
    return this.build(this.context, { tag });
  }

  /** Starts the proxy's container, also a new one under the old name. */
  async startProxy(sysctls: Record<string, string> = { "net.ipv4.ip_forward": "0" }): Promise<void> {
    this.proxy = await this.start("proxy", this.proxyImage, {
      network: this.ownNetwork,
      publish: 8080,
      volumes: { [this.volumeName]: "/run/berth-proxy:ro" },
      sysctls,
    });
    await this.waitUntilProxyAnswers();
  }

  async waitUntilProxyAnswers(): Promise<void> {
    await this.waitUntilHealthy(this.proxy);
    this.proxyPort = await this.port(this.proxy, 8080);
  }

  stack(environment: string): string {
    return `${this.prefix}-${environment}`;
  }

  /** A network as an environment's stack makes it, removed in the end. */
  stackNetwork(environment: string): Promise<string> {
    return this.network(this.networkLabels(environment));
  }

  networkLabels(environment: string): Record<string, string> {
    return { "berth.role": "network", "berth.stack": this.stack(environment), "berth.env": environment };
  }

  url(host: string): string {
    return `http://${host}:${this.proxyPort}/`;
  }

  appLabels(app: string, environment = "dev", owner = "01"): Record<string, string> {
    return {
      "berth.role": "app",
      "berth.stack": this.stack(environment),
      "berth.proxy": this.stack("dev"),
      "berth.env": environment,
      "berth.app": app,
      "berth.owner": owner,
      "berth.port": "3000",
    };
  }

  /** Starts an app that answers with the given text, which is also the end of the container's name. */
  startApp(answer: string, labels: Record<string, string>, network = this.ownNetwork): Promise<string> {
    return this.start(answer, this.nodeImage, {
      network,
      env: { ANSWER: answer },
      labels,
      command: ["node", "-e", SERVER],
    });
  }

  /** What proxy-routes said about a container or network, oldest first. */
  async said(about: string): Promise<{ level: string; message: string; reason?: string }[]> {
    return (await this.logs(this.routes))
      .trim()
      .split("\n")
      .map(
        (line) =>
          JSON.parse(line) as { level: string; message: string; container?: string; network?: string },
      )
      .filter(({ container, network }) => container === about || network === about);
  }

  /** The names of the networks that the proxy's container is in, sorted. */
  async proxyNetworks(): Promise<string[]> {
    const format = "{{range $name, $_ := .NetworkSettings.Networks}}{{$name}} {{end}}";
    const { stdout } = await this.docker(["inspect", "--format", format, this.proxy]);
    return stdout.trim().split(" ").sort();
  }
}

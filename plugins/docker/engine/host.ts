/** From the provider's `host` setting to where dockerode connects. */

/** Where an engine listens. */
export type Endpoint =
  { kind: "socket"; path: string } | { kind: "network"; host: string; port: number; tls: boolean };

const EXAMPLES = "unix:///var/run/docker.sock, tcp://docker.example.com:2376";
const TLS_PORT = 2376;
const PLAIN_PORT = 2375;

/**
 * @param withCertificates whether client certificates are configured: `tcp://` then means TLS, as for the docker command.
 * @throws Error naming the host and the forms that work.
 */
export function parseHost(host: string, withCertificates: boolean): Endpoint {
  if (host.startsWith("unix://")) return socket(host, host.slice("unix://".length));
  if (host.startsWith("npipe://")) return socket(host, host.slice("npipe:".length));
  if (host.startsWith("ssh://")) {
    throw new Error(
      `docker host "${host}": this stand-in plugin does not connect over ssh. Use ${EXAMPLES} (with caMaterial, ` +
        `certMaterial, keyMaterial or certPath), or forward the socket: ssh -nNT -L /tmp/docker.sock:/var/run/docker.sock.`,
    );
  }
  const match = /^(tcp|https?):\/\/(\[[^\]]+\]|[^:/]+)(?::(\d+))?\/?$/.exec(host);
  if (!match)
    throw new Error(`docker host "${host}" is not an address of an engine. Use one like ${EXAMPLES}.`);
  const [, scheme, name, port] = match as unknown as [string, string, string, string | undefined];
  const tls = scheme === "https" || (scheme === "tcp" && withCertificates);
  if (scheme === "http" && withCertificates) {
    throw new Error(
      `docker host "${host}": certificates are configured, but http:// never uses them. Use tcp:// instead.`,
    );
  }
  return {
    kind: "network",
    host: name.replace(/^\[|\]$/g, ""),
    port: port ? Number(port) : tls ? TLS_PORT : PLAIN_PORT,
    tls,
  };
}

function socket(host: string, path: string): Endpoint {
  if (!path) throw new Error(`docker host "${host}" names no socket. Use one like ${EXAMPLES}.`);
  return { kind: "socket", path };
}

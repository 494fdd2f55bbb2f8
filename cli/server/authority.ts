/** How the CA is known before anything secret is sent. */
import { X509Certificate } from "node:crypto";
import * as tls from "node:tls";
import { connectionFailure } from "./https";

const TIMEOUT_MS = 10_000;

/**
 * Connects, looks at the certificates that the server presents, and hangs up: nothing is sent and nothing is believed.
 * @returns the root at the chain's end; undefined where the server does not present it.
 * @throws Failure (unreachable).
 */
export function presentedRoot(server: URL): Promise<X509Certificate | undefined> {
  return new Promise((resolve, reject) => {
    const host = server.hostname.replace(/^\[|\]$/g, "");
    const socket = tls.connect({
      host,
      port: Number(server.port || "443"),
      ...(/[a-z]/i.test(host) && !host.includes(":") && { servername: host }),
      // Only to look; what is sent later goes over a connection that is verified by what was found here and confirmed.
      rejectUnauthorized: false,
    });
    socket.setTimeout(TIMEOUT_MS, () =>
      socket.destroy(new Error(`no answer within ${TIMEOUT_MS / 1_000} s`)),
    );
    socket.on("error", (error) => reject(connectionFailure(server, error)));
    socket.on("secureConnect", () => {
      const root = lastOf(socket.getPeerCertificate(true));
      socket.destroy();
      resolve(root);
    });
  });
}

function lastOf(certificate: tls.DetailedPeerCertificate): X509Certificate | undefined {
  let last = certificate;
  // Node ends the list by a certificate that is its own issuer.
  while ((last.issuerCertificate as unknown) !== undefined && last.issuerCertificate !== last) {
    last = last.issuerCertificate;
  }
  if ((last.raw as unknown) === undefined) return undefined;
  const root = new X509Certificate(last.raw);
  return isRoot(root) ? root : undefined;
}

/** Whether a certificate is a CA's that vouches for itself. */
export function isRoot(certificate: X509Certificate): boolean {
  return certificate.ca && certificate.checkIssued(certificate) && certificate.verify(certificate.publicKey);
}

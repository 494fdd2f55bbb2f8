import type * as pulumi from "@pulumi/pulumi";
import { CertificateAuthority } from "../components/certificate-authority";
import { IssuedCertificate } from "../components/issued-certificate";
import type { BerthConfig } from "../config/schema";
import type { HostAccess } from "./host-access";

/** The CA of a host, a certificate for its servers, and one for each request of a client in the config. */
export function issueCertificates(
  config: BerthConfig,
): Pick<HostAccess, "caCertPem" | "certificateExpiry" | "certificate" | "authority"> {
  const { root, issuing, server, clients } = config.certificates;
  const authority = new CertificateAuthority("ca", { organization: config.namePrefix, root, issuing });
  const domain = config.proxy.domain;
  const host = new IssuedCertificate("server", {
    authority,
    ...server,
    identity: {
      kind: "server",
      dnsNames: [domain, `*.${domain}`, "localhost", ...ownNames(config), ...server.dnsNames],
      ipAddresses: ["127.0.0.1", "::1", ...server.ipAddresses],
    },
  });
  const certificateExpiry: Record<string, pulumi.Output<string>> = {
    ...authority.expiry,
    server: host.expiry,
  };
  for (const { developerId, csrPem, ...validity } of clients) {
    const client = new IssuedCertificate(`client-${developerId}`, {
      authority,
      ...validity,
      identity: { kind: "client", csrPem },
    });
    certificateExpiry[`client-${developerId}`] = client.expiry;
  }
  const { chainPem, keyPem } = host;
  return {
    caCertPem: authority.rootCertPem,
    certificateExpiry,
    certificate: keyPem && { chainPem, keyPem },
    authority,
  };
}

/** Names by which engines and developers reach what only dev runs. */
function ownNames(config: BerthConfig): string[] {
  return config.environment === "dev" ? [config.registry.host, config.identity.host] : [];
}

/** What this plugin offers: the resources of the official tls plugin that Berth uses, on real X.509. */
import type { PluginDefinition } from "../kit/types";
import { certRequest } from "./cert-request";
import { locallySignedCert } from "./locally-signed-cert";
import { privateKey } from "./private-key";
import { getPublicKey } from "./public-key";
import { selfSignedCert } from "./self-signed-cert";

export const definition: PluginDefinition = {
  name: "tls",
  version: "5.5.1",
  /** Only data sources that we do not stand in for use the proxy; it is accepted so that a stack can move. */
  config: {
    proxy: {
      type: "object",
      fields: {
        fromEnv: { type: "boolean" },
        password: { type: "string", secret: true },
        url: { type: "string" },
        username: { type: "string" },
      },
    },
  },
  configure: () => undefined,
  resources: {
    "tls:index/privateKey:PrivateKey": privateKey,
    "tls:index/selfSignedCert:SelfSignedCert": selfSignedCert,
    "tls:index/certRequest:CertRequest": certRequest,
    "tls:index/locallySignedCert:LocallySignedCert": locallySignedCert,
  },
  functions: { "tls:index/getPublicKey:getPublicKey": getPublicKey },
};

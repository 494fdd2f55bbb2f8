import { createHash } from "node:crypto";
import type { ProviderOutputs } from "./pulumi-mocks";

/** What the providers of our resources add to their inputs, as far as the program reads it. Keys and certificates are told by name. */
export const sampleProviders: ProviderOutputs = {
  "pulumi:providers:docker": () => ({}),
  "docker:index/network:Network": () => ({}),
  "docker:index/volume:Volume": () => ({}),
  "docker:index/image:Image": ({ imageName }) => ({ repoDigest: `sha256:${digestOf(String(imageName))}` }),
  "docker:index/remoteImage:RemoteImage": ({ name }) => ({ imageId: `sha256:${digestOf(String(name))}` }),
  "docker:index/container:Container": () => ({}),
  "tls:index/privateKey:PrivateKey": (_, name) => ({ privateKeyPem: `PRIVATE KEY of ${name}` }),
  "tls:index/selfSignedCert:SelfSignedCert": (_, name) => certificateOf(name),
  "tls:index/certRequest:CertRequest": (_, name) => ({ certRequestPem: `REQUEST ${name}` }),
  "tls:index/locallySignedCert:LocallySignedCert": (_, name) => certificateOf(name),
  "command:local:Command": () => ({ stdout: "", stderr: "" }),
};

function certificateOf(name: string): { certPem: string; validityEndTime: string } {
  return { certPem: `CERTIFICATE ${name}`, validityEndTime: "2027-01-01T00:00:00Z" };
}

function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

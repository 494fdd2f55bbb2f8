import type { CertificateFacts, CertificateKind } from "./certificate-life";
import type { CommandFacts } from "./command-rules";
import { UNKNOWN, type Known } from "./finding";
import type { ImageFacts } from "./image-rules";
import { flag, isObject, list, number, object, text, texts, type Inputs } from "./inputs";
import { hostPathOfVolume } from "./mount-facts";
import type { VolumeFacts } from "./mount-rules";
import type { NetworkFacts } from "./network-rules";

/** Reads the facts off a docker:index/network:Network. */
export function networkFacts(inputs: Inputs): NetworkFacts {
  const configs = list(inputs, "ipamConfigs");
  if (configs === UNKNOWN) return { driver: text(inputs, "driver"), subnets: UNKNOWN };
  const subnets = configs.map((config) => (isObject(config) ? text(config, "subnet") : UNKNOWN));
  const known = subnets.filter((subnet) => subnet !== UNKNOWN);
  return {
    driver: text(inputs, "driver"),
    subnets: known.length < subnets.length ? UNKNOWN : known,
  };
}

/** Reads the facts off a docker:index/volume:Volume. */
export function volumeFacts(inputs: Inputs): VolumeFacts {
  return { hostPath: hostPathOfVolume(object(inputs, "driverOpts")) };
}

/** A docker:index/image:Image is always built. */
export const builtImageFacts: ImageFacts = { built: true, reference: undefined };

/** Reads the facts off a docker:index/remoteImage:RemoteImage, which builds where it has a `build`. */
export function remoteImageFacts(inputs: Inputs): ImageFacts {
  return { built: isGiven(inputs, "build"), reference: text(inputs, "name") };
}

/** A docker:index/registryImage:RegistryImage sends what lies on the host; it builds where it has a `build`. */
export function registryImageFacts(inputs: Inputs): ImageFacts {
  return { built: isGiven(inputs, "build"), reference: undefined };
}

/** Reads the facts off a tls:index/selfSignedCert:SelfSignedCert. */
export function selfSignedFacts(inputs: Inputs): CertificateFacts {
  return { kind: kindOf(inputs, "root"), validityHours: number(inputs, "validityPeriodHours") };
}

/** Reads the facts off a tls:index/locallySignedCert:LocallySignedCert. */
export function locallySignedFacts(inputs: Inputs): CertificateFacts {
  return { kind: kindOf(inputs, "issuing"), validityHours: number(inputs, "validityPeriodHours") };
}

/** A certificate that is for nothing in particular is judged as a client's, the shortest. */
function kindOf(inputs: Inputs, authority: CertificateKind): Known<CertificateKind> {
  const isAuthority = flag(inputs, "isCaCertificate");
  const uses = texts(inputs, "allowedUses");
  if (isAuthority === true) return authority;
  if (isAuthority === UNKNOWN || uses === UNKNOWN) return UNKNOWN;
  return uses.includes("server_auth") && !uses.includes("client_auth") ? "server" : "client";
}

/** Reads the facts off a command:local:Command. */
export function commandFacts(inputs: Inputs): CommandFacts {
  const variables = object(inputs, "environment");
  return {
    lines: ["create", "update", "delete"].map((property) => ({ property, line: text(inputs, property) })),
    variables: variables === UNKNOWN ? UNKNOWN : Object.keys(variables),
    context: ["interpreter", "dir"].map((property) => ({ property, given: isGiven(inputs, property) })),
  };
}

function isGiven(inputs: Inputs, key: string): Known<boolean> {
  const value = inputs[key];
  return value === UNKNOWN ? UNKNOWN : value !== undefined && value !== null;
}

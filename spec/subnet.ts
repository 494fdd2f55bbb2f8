/** An IPv4 network in CIDR notation (RFC 4632), taken apart. */
export interface Subnet {
  /** Network address as a 32-bit number. */
  network: number;
  prefixLength: number;
}

const CIDR = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/;

/** The address blocks for private use (RFC 1918): a bridge on any other block would hide real hosts. */
const PRIVATE_BLOCKS = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];

/** Reads CIDR notation; undefined where it is none or where host bits are set. */
export function parseSubnet(cidr: string): Subnet | undefined {
  const match = CIDR.exec(cidr);
  if (!match) return undefined;
  const [a, b, c, d, prefixLength] = match.slice(1).map(Number) as [number, number, number, number, number];
  if ([a, b, c, d].some((octet) => octet > 255) || prefixLength > 32) return undefined;
  const network = ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
  return (network & hostMask(prefixLength)) === 0 ? { network, prefixLength } : undefined;
}

function hostMask(prefixLength: number): number {
  return prefixLength === 0 ? 0xffffffff : (2 ** (32 - prefixLength) - 1) >>> 0;
}

/** True where the two have an address in common. */
export function overlap(one: Subnet, other: Subnet): boolean {
  const shared = Math.min(one.prefixLength, other.prefixLength);
  const mask = ~hostMask(shared) >>> 0;
  return (one.network & mask) >>> 0 === (other.network & mask) >>> 0;
}

function contains(outer: Subnet, inner: Subnet): boolean {
  return outer.prefixLength <= inner.prefixLength && overlap(outer, inner);
}

/** The first host address, which the engine gives to the bridge itself. */
export function gatewayAddress(subnet: Subnet): string {
  const address = subnet.network + 1;
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 0xff).join(".");
}

/** Why a network cannot use this subnet, with what to write instead; undefined where it can. */
export function subnetProblem(cidr: string): string | undefined {
  const subnet = parseSubnet(cidr);
  if (!subnet) return "is no network in CIDR notation: write it like 10.89.0.0/24, with no host bits set";
  if (subnet.prefixLength < 16 || subnet.prefixLength > 28) {
    return "has the wrong size: use a prefix length from /16 (65,534 addresses) to /28 (14)";
  }
  const isPrivate = PRIVATE_BLOCKS.some((block) => contains(parseSubnet(block) as Subnet, subnet));
  return isPrivate ? undefined : `is no private network: choose one inside ${PRIVATE_BLOCKS.join(", ")}`;
}

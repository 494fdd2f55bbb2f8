import fc from "fast-check";
import { gatewayAddress, overlap, parseSubnet, subnetProblem, type Subnet } from "../../spec/subnet";

const octets = (address: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".");
const write = ({ network, prefixLength }: Subnet): string => `${octets(network)}/${prefixLength}`;

const subnet: fc.Arbitrary<Subnet> = fc
  .tuple(fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.integer({ min: 0, max: 32 }))
  .map(([address, prefixLength]) => {
    const size = 2 ** (32 - prefixLength);
    return { network: address - (address % size), prefixLength };
  });

const lastAddress = ({ network, prefixLength }: Subnet): number => network + 2 ** (32 - prefixLength) - 1;

describe("a subnet in CIDR notation", () => {
  it("is read as it was written", () => {
    fc.assert(fc.property(subnet, (one) => expect(parseSubnet(write(one))).toEqual(one)));
  });

  it("with host bits set is none", () => {
    fc.assert(
      fc.property(subnet, fc.nat(), (one, number) => {
        const hosts = 2 ** (32 - one.prefixLength);
        fc.pre(hosts > 1);
        const hostBits = 1 + (number % (hosts - 1));
        expect(parseSubnet(`${octets(one.network + hostBits)}/${one.prefixLength}`)).toBeUndefined();
      }),
    );
  });

  it.each([
    "",
    "10.0.0.0",
    "10.0.0/24",
    "256.0.0.0/8",
    "10.0.0.0/33",
    "10.0.0.0/-1",
    "fd00::/8",
    " 10.0.0.0/8",
  ])("'%s' is none", (text) => {
    expect(parseSubnet(text)).toBeUndefined();
  });

  it("overlaps exactly those with which it has an address in common", () => {
    fc.assert(
      fc.property(subnet, subnet, (one, other) => {
        const common = one.network <= lastAddress(other) && other.network <= lastAddress(one);
        expect(overlap(one, other)).toBe(common);
        expect(overlap(other, one)).toBe(common);
      }),
    );
  });

  it("gives the bridge its first host address", () => {
    expect(gatewayAddress({ network: 0x0a590000, prefixLength: 24 })).toBe("10.89.0.1");
    fc.assert(
      fc.property(subnet, (one) => {
        fc.pre(one.prefixLength <= 28);
        const gateway = parseSubnet(`${gatewayAddress(one)}/32`) as Subnet;
        expect(overlap(gateway, one)).toBe(true);
      }),
    );
  });
});

describe("a subnet for the environment's network", () => {
  it.each(["10.89.0.0/24", "172.16.0.0/16", "172.31.255.240/28", "192.168.7.0/24"])(
    "%s is usable",
    (cidr) => {
      expect(subnetProblem(cidr)).toBeUndefined();
    },
  );

  it.each([
    ["10.89.0.1/24", /no host bits/],
    ["not a subnet", /CIDR notation/],
    ["10.0.0.0/8", /wrong size/],
    ["10.89.0.0/29", /wrong size/],
    ["8.8.8.0/24", /no private network: choose one inside 10\.0\.0\.0\/8/],
    ["172.32.0.0/16", /no private network/],
    ["127.0.0.0/16", /no private network/],
  ])("%s is refused with what to write instead", (cidr, message) => {
    expect(subnetProblem(cidr)).toMatch(message);
  });
});

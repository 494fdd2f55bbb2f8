import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { noteMade } from "./traces";

/** A laptop's own network: its processes reach nothing of this machine but the ports that are let through, until the cable is cut. */
export class NetworkNamespace {
  readonly name = `btest-${randomBytes(3).toString("hex")}`;
  /** At most 15 characters (IFNAMSIZ). */
  private readonly outside = `${this.name}o`;
  private readonly inside = `${this.name}i`;
  private readonly subnet: string;

  constructor() {
    const [a = 0, b = 0] = randomBytes(2);
    this.subnet = `10.${160 + (a % 30)}.${b}`;
    const { name, outside, inside, subnet } = this;
    noteMade("link", outside);
    noteMade("namespace", name);
    run("ip", "netns", "add", name);
    run("ip", "link", "add", outside, "type", "veth", "peer", "name", inside);
    run("ip", "link", "set", inside, "netns", name);
    run("ip", "address", "add", `${subnet}.1/24`, "dev", outside);
    run("ip", "link", "set", outside, "up");
    this.within("ip", "address", "add", `${subnet}.2/24`, "dev", inside);
    this.within("ip", "link", "set", inside, "up");
    this.within("ip", "link", "set", "lo", "up");
    this.within("sysctl", "--quiet", "net.ipv4.conf.all.route_localnet=1");
    this.within("iptables", "-t", "nat", "-A", "POSTROUTING", "-o", inside, "-j", "MASQUERADE");
  }

  /** Starts with `ip netns exec`: what follows runs in here. */
  get words(): string[] {
    return ["ip", "netns", "exec", this.name];
  }

  /** 127.0.0.1:port in here is this machine's. */
  letThrough(port: number): void {
    const to = ["-j", "DNAT", "--to-destination", `${this.subnet}.1:${port}`];
    this.within(
      "iptables",
      "-t",
      "nat",
      "-A",
      "OUTPUT",
      "-p",
      "tcp",
      "-d",
      "127.0.0.1",
      "--dport",
      `${port}`,
      ...to,
    );
  }

  /** From now on packets get lost, both ways and without a word. */
  cut(): void {
    run("ip", "link", "set", this.outside, "down");
  }

  heal(): void {
    run("ip", "link", "set", this.outside, "up");
  }

  remove(): void {
    // The link's other end goes with it.
    run("ip", "link", "delete", this.outside);
    run("ip", "netns", "delete", this.name);
  }

  private within(...words: string[]): void {
    const [command = "", ...rest] = [...this.words, ...words];
    run(command, ...rest);
  }
}

function run(command: string, ...words: string[]): void {
  execFileSync(command, words, { stdio: ["ignore", "ignore", "pipe"] });
}

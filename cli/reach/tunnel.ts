import type { Socket } from "node:net";
import { Writable, type Duplex } from "node:stream";
import type Docker from "dockerode";
import type { ServerSettings } from "../../spec/gateway-api";
import { sharedName } from "../../spec/names";
import { causeOf, Failure } from "../failure";
import { isAbsent, isConflict } from "../engine/failure";
import { demultiplex } from "../exec/demultiplex";
import { startExec } from "../exec/start-exec";
import { makeThrowAway, type Made, type ThrowAway } from "../exec/throw-away";

/** What connections lead to: a name and a port in dev's network. */
export interface TunnelTarget {
  host: string;
  port: number;
}

/** How long after the client's last word its connection stays open for an answer, measured from the last piece of it. */
const LINGER_MS = 3_000;
/** socat's own patience, in seconds, once one side has ended. */
const SOCAT_PATIENCE = "0.05";
const MIB = 1024 * 1024;

/**
 * Leads connections into dev's network: each is a `socat` in a container that lives as long as the tunnel, over an exec through the
 * gateway. That container is made anew where it has gone, as after a restart of the gateway.
 */
export class Tunnel {
  private made: Promise<Made>;

  /** @param onProblem is told why a connection failed. */
  private constructor(
    private readonly engine: Docker,
    private readonly wanted: ThrowAway,
    private readonly target: TunnelTarget,
    private readonly onProblem: (message: string) => void,
  ) {
    this.made = makeThrowAway(engine, wanted);
  }

  /** @throws Failure where the host has no image for it, or the engine refuses it. */
  static async open(
    engine: Docker,
    server: ServerSettings,
    target: TunnelTarget,
    onProblem: (message: string) => void,
  ): Promise<Tunnel> {
    const tunnel = new Tunnel(engine, tunnelContainer(server), target, onProblem);
    await tunnel.made;
    return tunnel;
  }

  /** Joins a client's connection, accepted with `allowHalfOpen`, to the target. Never throws. */
  async join(client: Socket): Promise<void> {
    // Nothing that the client says before there is somebody to say it to is lost: the socket keeps it.
    client.pause().on("error", () => undefined);
    try {
      const stream = await this.connect();
      passOn(client, stream);
      const problems = new Collector();
      await demultiplex(stream, client, problems);
      if (problems.text !== "") this.onProblem(this.explained(problems.text));
    } catch (error) {
      if (!client.destroyed) this.onProblem(causeOf(error));
    } finally {
      client.end();
    }
  }

  async close(): Promise<void> {
    await (await this.made).remove();
  }

  private async connect(): Promise<Duplex> {
    const made = this.made;
    try {
      return await this.socat(await made);
    } catch (error) {
      if (!isAbsent(error) && !isConflict(error)) throw error;
      // Several connections may find it gone at the same time: one makes the next.
      if (this.made === made) this.made = makeThrowAway(this.engine, this.wanted);
      return this.socat(await this.made);
    }
  }

  private async socat({ container }: Made): Promise<Duplex> {
    const address = `TCP:${this.target.host}:${this.target.port}`;
    const command = ["socat", "-t", SOCAT_PATIENCE, "-", address];
    return (await startExec(container, { command, stdin: true })).stream;
  }

  private explained(problem: string): string {
    const { host, port } = this.target;
    if (/refused/i.test(problem)) return `nothing listens on port ${port} of ${host}`;
    if (/not known|resolution/i.test(problem)) return `${host} does not run`;
    return problem.trim();
  }
}

/** What the client says goes to the other side, and its end a little later: an answer may still be under way. */
function passOn(client: Socket, stream: Duplex): void {
  client.pipe(stream, { end: false });
  stream.on("error", () => client.destroy());
  let linger: NodeJS.Timeout | undefined;
  client.on("end", () => {
    linger = setTimeout(() => stream.end(), LINGER_MS);
    stream.on("data", () => linger?.refresh());
  });
  client.on("close", () => {
    clearTimeout(linger);
    stream.end();
  });
}

/** Keeps the start of what is written. */
class Collector extends Writable {
  text = "";

  override _write(chunk: Buffer, _: string, done: () => void): void {
    this.text = (this.text + chunk.toString("utf8")).slice(0, 500);
    done();
  }
}

function tunnelContainer({ prefix, images }: ServerSettings): ThrowAway {
  if (images.sync === "")
    throw new Failure(
      "the host has no image for tunnels: ask the operator to run `make up` with developers let in",
    );
  return {
    name: "forward",
    body: {
      Image: images.sync,
      User: "10001:10001",
      Labels: { "berth.env": "dev" },
      HostConfig: {
        NetworkMode: sharedName({ prefix, environment: "dev" }, "network"),
        ...{ Memory: 64 * MIB, MemorySwap: 64 * MIB, NanoCpus: 0.5e9, PidsLimit: 256 },
        ...{ CapDrop: ["ALL"], SecurityOpt: ["no-new-privileges"] },
      },
    },
  };
}

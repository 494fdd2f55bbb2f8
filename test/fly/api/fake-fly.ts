import { setTimeout as sleep } from "node:timers/promises";
import fastify, { type FastifyInstance } from "fastify";
import { ZodError } from "zod";
import { appRoutes } from "./app-routes";
import { MachineLife } from "./machine-life";
import { machineRoutes } from "./machine-routes";
import { hex, Refusal, type Behaviour, type FakeApp, type FakeMachine } from "./state";
import { volumeRoutes } from "./volume-routes";

/** Something that goes wrong with the next requests of a kind. */
export interface Fault {
  method: string;
  path: RegExp;
  /** How many such requests go well before; default none. */
  skip?: number;
  /** How often; default once. */
  times?: number;
  /** Answered instead of what would be. */
  answer?: { status: number; body: unknown; headers?: Record<string, string> };
  /** The request is carried out, and its answer lost. */
  loseAnswer?: boolean;
  /** Called before the request is carried out. */
  before?: () => void | Promise<void>;
  /** Called once it was carried out, before its answer is sent. */
  after?: () => void | Promise<void>;
}

/**
 * Fly's Machines API in this process: what the published documents say of its routes, bodies, statuses and states, on memory alone.
 * Nothing here was compared with the real service.
 */
export class FakeFly {
  readonly apps = new Map<string, FakeApp>();
  /** `METHOD /path` of every request, in order. */
  readonly requests: string[] = [];
  readonly token = `fm2_${hex(16)}`;
  readonly user = "developer@example.org";
  readonly behaviour: Behaviour = {
    regions: ["ams", "fra", "iad"],
    foreignApps: [],
    stepMs: 5,
    checksAfterMs: 10,
    exitCode: undefined,
    checkOutput: "dial tcp: connection refused",
  };
  readonly life = new MachineLife(this.behaviour);
  private readonly faults: Fault[] = [];
  private readonly running = new Set<Promise<void>>();
  private server: FastifyInstance | undefined;
  private url = "";

  static async start(): Promise<FakeFly> {
    const fly = new FakeFly();
    const server = fastify({ forceCloseConnections: true });
    server.addHook("onRequest", async (request, reply) => {
      fly.requests.push(`${request.method} ${request.url.replace(/^\/v1/, "")}`);
      void reply.header("fly-request-id", `01${hex(12)}-fra`);
      const [scheme = "", token] = (request.headers.authorization ?? "").split(" ");
      if (!["Bearer", "FlyV1"].includes(scheme) || token !== fly.token)
        throw new Refusal(401, "Authenticate: token validation error");
    });
    server.addHook("preHandler", async (request, reply) => {
      const fault = fly.faults.find(
        ({ method, path }) => method === request.method && path.test(request.url.replace(/^\/v1/, "")),
      );
      if (!fault) return;
      if (fault.skip) return void (fault.skip -= 1);
      fault.times = (fault.times ?? 1) - 1;
      if (fault.times === 0) fly.faults.splice(fly.faults.indexOf(fault), 1);
      await fault.before?.();
      if (fault.answer) {
        await reply
          .status(fault.answer.status)
          .headers(fault.answer.headers ?? {})
          .send(fault.answer.body);
      } else if (fault.loseAnswer || fault.after) {
        Object.assign(request, { fault });
      }
    });
    server.addHook("onSend", async (request, _, payload) => {
      const { fault } = request as { fault?: Fault };
      await fault?.after?.();
      if (fault?.loseAnswer) request.raw.destroy();
      return payload;
    });
    server.setErrorHandler((error, _, reply) => {
      if (error instanceof Refusal)
        return reply
          .status(error.status)
          .send({ error: error.words, ...(error.code && { status: error.code }) });
      if (error instanceof ZodError) return reply.status(400).send({ error: `invalid: ${error.message}` });
      const { statusCode = 500, message } = error as { statusCode?: number; message: string };
      return reply.status(statusCode).send({ error: message });
    });
    await server.register(
      (routes, _, done) => {
        appRoutes(routes, fly);
        volumeRoutes(routes, fly);
        machineRoutes(routes, fly);
        done();
      },
      { prefix: "/v1" },
    );
    fly.url = await server.listen({ host: "127.0.0.1", port: 0 });
    fly.server = server;
    return fly;
  }

  /** The variables by which a program finds it. */
  get environment(): Record<string, string> {
    return { FLY_API_TOKEN: `FlyV1 ${this.token}`, FLY_FLAPS_BASE_URL: this.url };
  }

  app(name: string): FakeApp {
    const app = this.apps.get(name);
    if (!app) throw new Refusal(404, "App not found");
    return app;
  }

  /** Every machine of every app, but those that go. */
  get machines(): FakeMachine[] {
    return [...this.apps.values()].flatMap(({ machines }) =>
      machines.filter(({ state }) => !["destroying", "destroyed"].includes(state)),
    );
  }

  /** Somebody connects to a port of an app: Fly's proxy starts a stopped machine where its service says so. */
  async connect(name: string, port: number): Promise<void> {
    const app = this.app(name);
    for (const machine of app.machines) {
      const service = machine.config.services?.find(({ internal_port }) => internal_port === port);
      if (service?.autostart && machine.state === "stopped") await this.life.boot(app, machine);
    }
  }

  /** From now on everything goes well. */
  mend(): void {
    this.faults.length = 0;
  }

  fail(fault: Fault): void {
    this.faults.push(fault);
  }

  /** Goes on while the request is answered. */
  later(change: Promise<void>): void {
    this.running.add(change);
    void change.finally(() => this.running.delete(change));
  }

  async close(): Promise<void> {
    await this.server?.close();
    while (this.running.size > 0) await Promise.all([...this.running, sleep(1)]);
  }
}

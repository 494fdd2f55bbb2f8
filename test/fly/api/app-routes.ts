import type { FastifyInstance } from "fastify";
import { assignAddress, createApp, updateSecrets } from "./bodies";
import type { FakeFly } from "./fake-fly";
import { hex, Refusal, type FakeApp } from "./state";

type InApp = { Params: { app: string } };

/** Apps, their addresses and their secrets. */
export function appRoutes(server: FastifyInstance, fly: FakeFly): void {
  server.get<InApp>("/apps/:app", ({ params }) => {
    if (fly.behaviour.foreignApps.includes(params.app)) throw new Refusal(403, "unauthorized");
    return shown(fly.app(params.app));
  });

  server.post("/apps", (request, reply) => {
    const { app_name: name, org_slug: organization } = createApp.parse(request.body);
    if (fly.apps.has(name) || fly.behaviour.foreignApps.includes(name))
      throw new Refusal(422, "Validation failed: Name has already been taken", "name_taken");
    const id = hex(8);
    fly.apps.set(name, {
      ...{ id, name, organization, addresses: [], volumes: [], machines: [] },
      ...{ secrets: new Map(), secretsVersion: 0 },
    });
    return reply.status(201).send({ id, created_at: Date.now() });
  });

  server.delete<InApp>("/apps/:app", ({ params }, reply) => {
    const app = fly.app(params.app);
    if (app.machines.some(({ state }) => state === "started"))
      throw new Refusal(412, "app has running machines: stop them first");
    fly.apps.delete(params.app);
    return reply.status(202).send();
  });

  server.get<InApp>("/apps/:app/ip_assignments", ({ params }) => ({
    ips: fly.app(params.app).addresses.map((address) => ({ region: "global", service_name: "", ...address })),
  }));

  server.post<InApp>("/apps/:app/ip_assignments", ({ params, body }) => {
    const { type } = assignAddress.parse(body);
    const { addresses } = fly.app(params.app);
    const number = addresses.length + 1;
    const ip =
      type === "v6"
        ? `2a09:8280:1::${number}`
        : type === "private_v6"
          ? `fdaa::${number}`
          : `192.0.2.${number}`;
    const address = { ip, shared: type === "shared_v4" };
    addresses.push(address);
    return { region: "global", service_name: "", ...address };
  });

  server.delete<{ Params: { app: string; ip: string } }>(
    "/apps/:app/ip_assignments/:ip",
    ({ params }, reply) => {
      const app = fly.app(params.app);
      app.addresses = app.addresses.filter(({ ip }) => ip !== params.ip);
      return reply.status(204).send();
    },
  );

  server.get<InApp>("/apps/:app/secrets", ({ params }) => ({
    secrets: [...fly.app(params.app).secrets.keys()].map((name) => ({ name, digest: hex(8) })),
  }));

  server.post<InApp>("/apps/:app/secrets", ({ params, body }) => {
    const app = fly.app(params.app);
    for (const [name, value] of Object.entries(updateSecrets.parse(body).values)) {
      if (value === null) app.secrets.delete(name);
      else app.secrets.set(name, value);
    }
    app.secretsVersion += 1;
    return { secrets: [...app.secrets.keys()].map((name) => ({ name })), version: app.secretsVersion };
  });
}

function shown({ id, name, organization, machines, volumes }: FakeApp): object {
  return {
    ...{ id, name, status: machines.length > 0 ? "deployed" : "pending", network: "default" },
    organization: { name: organization, slug: organization },
    machine_count: machines.length,
    volume_count: volumes.length,
  };
}

import * as fc from "fast-check";
import { flyConfig, flyToml } from "../../../components/fly/fly-toml";
import { flyPlan, type FlyPlanArgs } from "../../../components/fly/workspace-plan";
import { workspaceSpec } from "../../../spec/workspace/workspace-spec";
import { flyTomlFile } from "./fly-toml-rules";

const build = { dockerfile: "Dockerfile" };
const plan = (changes: Partial<FlyPlanArgs> = {}) =>
  flyPlan({
    ...{ name: "demo", owner: "01", region: "fra", secretKeys: ["editor-password", "ssh-key"] },
    spec: workspaceSpec.parse({ name: "demo", secrets: ["ssh-key"] }),
    ...changes,
  });

/** The file as flyctl would read it. */
async function read(text: string): Promise<unknown> {
  const { parse } = await import("smol-toml");
  return parse(text);
}

test("the file says what the machine gets: volume, ports, checks, stop and start, size, the stage to build", async () => {
  const text = await flyToml(plan({ target: "remote", autoStop: true }), build);
  expect(await read(text)).toMatchObject({
    ...{ primary_region: "fra", kill_signal: "SIGTERM", kill_timeout: 15 },
    build: { dockerfile: "Dockerfile", "build-target": "remote", args: { START_USER: "root" } },
    mounts: {
      ...{ source: "workspace", destination: "/workspace", initial_size: "10gb", snapshot_retention: 5 },
    },
    vm: [{ cpu_kind: "shared", cpus: 1, memory: "2048mb" }],
    services: [
      {
        ...{ internal_port: 2222, auto_stop_machines: "stop", auto_start_machines: true },
        ports: [{ port: 2222 }],
        tcp_checks: [{ interval: "60s" }],
      },
    ],
    restart: [{ policy: "on-failure" }],
  });
});

test("with an editor there is a service behind TLS", () => {
  expect(flyConfig(plan(), build)).toMatchObject({
    build: { "build-target": "full" },
    http_service: {
      ...{ internal_port: 8080, force_https: true, auto_stop_machines: "off", auto_start_machines: true },
      checks: [{ path: "/healthz" }],
    },
  });
  expect(flyConfig(plan({ target: "remote" }), build)).not.toHaveProperty("http_service");
});

test("its head names the commands and what is unverified; no secret's value is needed", async () => {
  const text = await flyToml(plan(), build);
  const head = text.split("\n").filter((line) => line.startsWith("#"));
  expect(head.join("\n")).toMatch(/Unverified against the real service/);
  expect(head.join("\n")).toContain(
    "fly secrets set --stage BERTH_SECRET_EDITOR_PASSWORD=… BERTH_SECRET_SSH_KEY=…",
  );
});

const plans = fc.record({
  name: fc.string({ minLength: 1 }),
  owner: fc.string({ minLength: 1 }),
  region: fc.stringMatching(/^[a-z]{3}$/),
  target: fc.constantFrom("remote" as const, "full" as const),
  autoStop: fc.boolean(),
  dedicatedIpv4: fc.boolean(),
  snapshotRetentionDays: fc.integer({ min: 1, max: 60 }),
  cpuKind: fc.constantFrom("shared" as const, "performance" as const),
  spec: fc
    .record({
      size: fc.record({
        cpus: fc.double({ min: 0.1, max: 8, noNaN: true }),
        memoryMb: fc.integer({ min: 512, max: 16_384 }),
        diskGb: fc.integer({ min: 1, max: 500 }),
      }),
      git: fc.record({
        name: fc.stringMatching(/^[^\p{Cc}<>]{1,40}$/u),
        email: fc.constant("dev@example.org"),
      }),
    })
    .map((given) => workspaceSpec.parse({ name: "demo", ...given })),
});

test("whatever goes in, the file holds to the published rules and keeps the spec letter by letter", async () => {
  await fc.assert(
    fc.asyncProperty(plans, async (args) => {
      const file = flyTomlFile.parse(
        await read(await flyToml(flyPlan({ ...args, secretKeys: ["editor-password"] }), build)),
      );
      const spec = JSON.parse(file.env["BERTH_WORKSPACE"] ?? "") as object;
      expect({ ...spec, secrets: [] }).toEqual(args.spec);
    }),
  );
});

import type { Allow } from "../../../../services/gateway/rules/types";
import { allowed, ask, caller, digest, labelsOf, refused, sampleEngine } from "./engine-model";

const own = `01${"a".repeat(62)}`;
const theirs = `02${"b".repeat(62)}`;

/** What the caller gets for the engine's answer. */
async function shown(target: string, body: unknown, as = caller()): Promise<unknown> {
  const { answer } = await allowed("GET", target, { as });
  if (answer === "pass" || !("json" in answer)) throw new Error("the answer is not looked at");
  return answer.json(body);
}

describe("a container", () => {
  it.each(["web", "berth-dev-01-web", own, own.slice(0, 12), "01"])(
    "is found as %s, and asked for by its id",
    async (reference) => {
      expect((await allowed("POST", `/v1.41/containers/${reference}/start`)).target).toBe(
        `/v1.41/containers/${own}/start`,
      );
    },
  );

  it.each(["berth-dev-02-web", theirs, theirs.slice(0, 12), "02", "nothing", "03"])(
    "is absent as %s",
    async (reference) => {
      expect(await refused("POST", `/containers/${reference}/start`)).toMatchObject({
        ...{ status: 404, message: `No such container: ${reference}`, reason: "not-found" },
      });
    },
  );

  it("of the environment is shown without what may hold a secret, and not touched", async () => {
    const { answer } = await allowed("GET", "/containers/berth-dev-postgres/json");
    const inspected = {
      Id: "x",
      Name: "/berth-dev-postgres",
      Config: { Labels: labelsOf("shared"), Env: ["SECRET=1"] },
      HostConfig: { Binds: ["/host:/x"] },
    };
    expect(JSON.stringify((answer as { json: (body: unknown) => unknown }).json(inspected))).not.toMatch(
      /SECRET|host:/,
    );
    for (const action of ["restart", "stop", "exec", "logs", "kill"]) {
      const method = action === "logs" ? "GET" : "POST";
      const body = action === "exec" ? { Cmd: ["id"] } : undefined;
      expect(await refused(method, `/containers/berth-dev-postgres/${action}`, { body })).toMatchObject({
        status: 404,
      });
    }
  });

  it("of anybody in the installation is operated by an operator, and changed by its owner alone", async () => {
    const as = caller("ops", "operator");
    for (const action of ["start", "stop", "restart"]) {
      expect((await allowed("POST", `/containers/berth-dev-02-web/${action}`, { as })).target).toBe(
        `/containers/${theirs}/${action}`,
      );
    }
    expect(await refused("POST", "/containers/berth-dev-02-web/rename?name=x", { as })).toMatchObject({
      status: 404,
    });
    expect(await refused("GET", "/containers/berth-dev-02-web/export", { as })).toMatchObject({
      status: 404,
    });
  });

  it("of another installation is nobody's here", async () => {
    const engine = sampleEngine();
    engine.container("other-dev-01-web", labelsOf("01", "dev", "other-dev"));
    expect(await refused("POST", "/containers/other-dev-01-web/start", { engine })).toMatchObject({
      status: 404,
    });
    expect(
      await refused("POST", "/containers/other-dev-01-web/start", { engine, as: caller("ops", "operator") }),
    ).toMatchObject({ status: 404 });
  });

  it("that holds the engine's socket takes no commands, not even an operator's", async () => {
    const engine = sampleEngine();
    engine.container("berth-dev-proxy-routes", labelsOf("shared"), digest("routes"), [
      { Type: "bind", Source: "/var/run/docker.sock" },
    ]);
    const refusal = await refused("POST", "/containers/berth-dev-proxy-routes/exec", {
      engine,
      as: caller("ops", "operator"),
      body: { Cmd: ["id"] },
    });
    expect(refusal.reason).toBe("engine-socket");
  });

  it("is renamed inside the scheme", async () => {
    expect((await allowed("POST", "/containers/web/rename?name=berth-dev-02-web")).target).toBe(
      `/containers/${own}/rename?name=berth-dev-01-berth-dev-02-web`,
    );
  });
});

describe("an exec", () => {
  it("belongs to whom its container belongs", async () => {
    const engine = sampleEngine();
    const [mine, other] = [engine.exec(own), engine.exec(theirs)];
    expect(await ask("GET", `/exec/${mine}/json`, { engine })).toMatchObject({ kind: "allow" });
    expect(await refused("GET", `/exec/${other}/json`, { engine })).toMatchObject({
      message: `No such exec instance: ${other}`,
    });
  });
});

describe("lists", () => {
  it("show the caller's containers and the environment's, with network and volume names as they were asked for", async () => {
    const list = [
      {
        Id: "1",
        Labels: labelsOf("01"),
        Mounts: [{ Name: "berth-dev-01-data" }],
        NetworkSettings: { Networks: { "berth-dev-01-own": {} } },
      },
      { Id: "2", Labels: labelsOf("02") },
      { Id: "3", Labels: labelsOf("shared") },
      { Id: "4", Labels: labelsOf("shared", "tst") },
      { Id: "5", Labels: {} },
    ];
    expect(await shown("/containers/json", list)).toEqual([
      {
        Id: "1",
        Labels: labelsOf("01"),
        Mounts: [{ Name: "data" }],
        NetworkSettings: { Networks: { own: {} } },
      },
      { Id: "3", Labels: labelsOf("shared") },
    ]);
    expect(await shown("/containers/json", list, caller("ops", "operator"))).toHaveLength(4);
  });

  it("count a limit after filtering", async () => {
    const list = [
      { Id: "2", Labels: labelsOf("02") },
      { Id: "1", Labels: labelsOf("01") },
    ];
    expect(await shown("/containers/json?limit=1", list)).toEqual([{ Id: "1", Labels: labelsOf("01") }]);
    expect((await allowed("GET", "/containers/json?limit=1")).target).not.toContain("limit");
  });

  it("show of a network the caller's own containers", async () => {
    const network = {
      Name: "berth-dev-network",
      Labels: labelsOf("shared"),
      Containers: { a: { Name: "berth-dev-01-web" }, b: { Name: "berth-dev-02-web" } },
    };
    expect(await shown("/networks/berth-dev-network", network)).toMatchObject({
      Name: "berth-dev-network",
      Containers: { a: {} },
    });
    expect(JSON.stringify(await shown("/networks/berth-dev-network", network))).not.toContain("02");
  });

  it("show of an image the names that the caller may know", async () => {
    const images = [
      { Id: "1", RepoTags: ["shop:dev-01-latest", "shop:dev-02-latest"] },
      { Id: "2", RepoTags: ["shop:dev-02-latest"] },
    ];
    expect(await shown("/images/json", images)).toEqual([{ Id: "1", RepoTags: ["shop:dev-01-latest"] }]);
  });

  it("let pass the events of own objects, and of shared ones that they fare so", async () => {
    const { answer } = await allowed("GET", "/events");
    const { jsonLines } = answer as { jsonLines: (event: unknown) => unknown };
    const event = (Type: string, ID: string, Attributes: object, Action = "start"): object => ({
      Type,
      Action,
      Actor: { ID, Attributes },
    });
    expect(jsonLines(event("container", "x", labelsOf("01")))).toBeDefined();
    expect(jsonLines(event("container", "x", labelsOf("02")))).toBeUndefined();
    expect(jsonLines(event("container", "x", labelsOf("shared"), "die"))).toBeDefined();
    expect(
      jsonLines(event("container", "x", labelsOf("shared"), "exec_create: psql -c SECRET")),
    ).toBeUndefined();
    expect(jsonLines(event("volume", "berth-dev-01-data", {}))).toMatchObject({ Actor: { ID: "data" } });
    expect(jsonLines(event("volume", "berth-dev-02-data", {}))).toBeUndefined();
    expect(jsonLines(event("network", "x", { name: "berth-dev-02-own" }))).toBeUndefined();
    expect(jsonLines(event("daemon", "x", {}))).toBeUndefined();
    expect(jsonLines("text")).toBeUndefined();
  });

  it("tell of the engine what clients need, and nothing of its other users", async () => {
    expect(
      await shown("/info", { NCPU: 2, Containers: 50, DockerRootDir: "/x", RegistryConfig: {} }),
    ).toEqual({
      NCPU: 2,
      Swarm: { LocalNodeState: "inactive" },
    });
  });
});

describe("filters", () => {
  const filtersOf = (target: string): Record<string, string[]> =>
    JSON.parse(new URL(target, "http://x").searchParams.get("filters") ?? "{}") as Record<string, string[]>;
  const filtered = async (path: string, filters: object): Promise<Record<string, string[]>> =>
    filtersOf(
      (await allowed("GET", `${path}?filters=${encodeURIComponent(JSON.stringify(filters))}`)).target,
    );

  it("take both of the engine's forms, and are narrowed to the installation", async () => {
    expect(await filtered("/containers/json", { label: { "a=b": true } })).toEqual({
      label: ["a=b", "berth.stack=berth-dev"],
    });
    expect(await filtered("/containers/json", { name: ["^/web$"] })).toMatchObject({
      name: ["^/web$", "^/berth-dev-01-web$"],
    });
  });

  it("answer another's object as absent, where the engine would say that it is there", async () => {
    const filters = encodeURIComponent(JSON.stringify({ before: ["berth-dev-02-web"] }));
    expect(await refused("GET", `/containers/json?filters=${filters}`)).toMatchObject({ status: 404 });
  });

  it.each(["containers", "networks", "volumes", "images"])(
    "of a prune of %s leave the caller's own",
    async (kind) => {
      const { target } = (await allowed("POST", `/${kind}/prune`)) as Allow;
      expect(filtersOf(target)["label"]).toEqual(
        expect.arrayContaining(["berth.owner=01", "berth.stack=berth-dev", "berth.via=gateway"]),
      );
    },
  );
});

describe("images", () => {
  it("are tagged in the caller's namespace", async () => {
    const { target } = await allowed("POST", "/images/shop/tag?repo=other&tag=1");
    expect(target).toMatch(/\/images\/sha256:[0-9a-f]{64}\/tag\?repo=other&tag=dev-01-1$/);
    expect(await refused("POST", "/images/shop/tag?repo=registry.example/x")).toMatchObject({ status: 400 });
  });

  it("are removed by the caller's own name only", async () => {
    expect((await allowed("DELETE", "/images/shop")).target).toBe("/images/shop:dev-01-latest");
    expect(await refused("DELETE", "/images/debian:trixie")).toMatchObject({ status: 404 });
    expect(await refused("DELETE", "/images/shop:dev-02-latest")).toMatchObject({ status: 404 });
  });

  it("are pulled where the settings name them", async () => {
    expect(await ask("POST", "/images/create?fromImage=debian&tag=trixie")).toMatchObject({ kind: "allow" });
    expect((await refused("POST", "/images/create?fromImage=debian&tag=bookworm")).message).toContain(
      "sharedImages",
    );
  });
});

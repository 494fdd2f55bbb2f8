import fc from "fast-check";
import { createRules } from "../../../../services/gateway/rules";
import { checkDockerfile } from "../../../../services/gateway/rules/build/dockerfile";
import { Refused, absent } from "../../../../services/gateway/rules/refusals";
import { parseTarget } from "../../../../services/gateway/rules/request-target";
import { parseStrictJson } from "../../../../services/gateway/rules/strict-json";
import { table } from "../../../../services/gateway/rules/table";
import { dockerRunBody } from "./client-bodies";
import { ask, caller, ruleSettings, type Sent } from "./engine-model";

/** The same cases every time, and with FUZZ_RUNS and FUZZ_SEED others; what they find becomes a case of its own in the tests beside this. */
const { FUZZ_RUNS = "800", FUZZ_SEED = "2041" } = process.env;
const runs = { seed: Number(FUZZ_SEED), numRuns: Number(FUZZ_RUNS) };

/** Runs it; what is no refusal is a failure of the rules. */
function orRefused<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof Refused) return undefined;
    throw error;
  }
}

const piece = fc.constantFrom(
  ...[
    "/",
    "//",
    "..",
    ".",
    "%2f",
    "%2F",
    "%00",
    "%",
    ";",
    "?",
    "&",
    "=",
    "#",
    "\\",
    " ",
    "\t",
    "\u00e9",
    "v1.41",
    "v1.24",
    "v9.9",
    "_ping",
  ],
  ...[
    "containers",
    "json",
    "images",
    "create",
    "start",
    "exec",
    "build",
    "networks",
    "{id}",
    "berth-dev-02-web",
    "all=1",
    "filters={}",
    "name=x",
  ],
);
const target = fc.oneof(
  fc.array(piece, { maxLength: 12 }).map((parts) => parts.join("")),
  fc.array(piece, { maxLength: 12 }).map((parts) => `/${parts.join("/")}`),
  fc.string({ maxLength: 60, unit: "binary" }),
);

describe("targets, whatever they are", () => {
  it("are refused, or mean one thing only", () => {
    fc.assert(
      fc.property(target, (raw) => {
        const parsed = orRefused(() => parseTarget(raw));
        if (!parsed) return;
        expect(parsed.path).toMatch(/^\/[A-Za-z0-9_.:@/+-]*$/);
        expect(parsed.path).not.toMatch(/\/\/|\/\.\.?(\/|$)|.\/$/);
        expect(parsed.version).toMatch(/^(\/v1\.[45][0-9])?$/);
      }),
      runs,
    );
  });

  it("never make the router throw, and get no plan outside the table", () => {
    const names = new Set(
      table.filter((line) => !("denied" in line)).map(({ method, pattern }) => `${method} ${pattern}`),
    );
    const method = fc.constantFrom("GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "get", "");
    const rules = createRules(ruleSettings);
    fc.assert(
      fc.property(method, target, (verb, rawTarget) => {
        const plan = rules.route({ method: verb, rawTarget, headers: {}, caller: caller() });
        expect(plan.kind === "refusal" ? plan.status >= 400 : names.has(plan.name)).toBe(true);
      }),
      runs,
    );
  });
});

describe("bodies, whatever they are", () => {
  it("are refused, or are what JSON.parse reads, without a key twice", () => {
    const text = fc.oneof(
      fc.json(),
      fc.json().map((json) => `${json}${json}`),
      fc.string({ unit: "binary" }),
    );
    fc.assert(
      fc.property(text, (raw) => {
        const value = orRefused(() => parseStrictJson(Buffer.from(raw)));
        if (value !== undefined) expect(value).toEqual(JSON.parse(raw));
      }),
      runs,
    );
  });
});

const hostile = fc.constantFrom<unknown>(
  ...[
    true,
    1,
    -1,
    1e18,
    "host",
    "/",
    "/:/host",
    "container:berth-dev-02-web",
    "berth-dev-02-own",
    "ALL",
    "SYS_ADMIN",
    "seccomp=unconfined",
  ],
  ...[
    ["/:/host"],
    ["ALL"],
    [{ Type: "bind", Source: "/", Target: "/x" }],
    { a: "b" },
    { "80/tcp": [{ HostPort: "22" }] },
    [],
    {},
    null,
    "x:y",
  ],
  { "berth.owner": "02" },
);
const known = Object.keys(dockerRunBody());
const knownHost = Object.keys(dockerRunBody()["HostConfig"] as object);
const changedCase = (name: string): fc.Arbitrary<string> =>
  fc.mixedCase(fc.constant(name)).chain((mixed) => fc.constantFrom(name, name, mixed));
const anyField = (names: string[]): fc.Arbitrary<string> =>
  fc.oneof(
    fc
      .constantFrom(...names, "Mounts", "Tmpfs", "Sysctls", "Runtime", "Annotations", "Init")
      .chain(changedCase),
    fc.string(),
  );
const fields = (names: string[]): fc.Arbitrary<Record<string, unknown>> =>
  fc.dictionary(anyField(names), fc.oneof(hostile, fc.jsonValue({ maxDepth: 3 })), { maxKeys: 3 });

/** What no forwarded body may hold, whatever was asked. */
function expectHarmless({ HostConfig: host, Labels: labels, ...rest }: Sent): void {
  expect(labels).toMatchObject({
    "berth.owner": "01",
    "berth.env": "dev",
    "berth.stack": "berth-dev",
    "berth.via": "gateway",
  });
  expect(host["CapDrop"]).toEqual(["ALL"]);
  expect(host["SecurityOpt"]).toEqual(["no-new-privileges"]);
  for (const capability of host["CapAdd"] as string[])
    expect(["CAP_CHOWN", "CAP_SETUID"]).toContain(capability);
  for (const field of [
    "Privileged",
    "Binds",
    "Devices",
    "CgroupParent",
    "UsernsMode",
    "UTSMode",
    "Runtime",
    "MaskedPaths",
    "ReadonlyPaths",
    "VolumeDriver",
  ]) {
    expect(host).not.toHaveProperty(field);
  }
  for (const mount of host["Mounts"] as { Type: string; Source?: string; VolumeOptions?: object }[]) {
    expect(["volume", "tmpfs"]).toContain(mount.Type);
    if (mount.Source !== undefined) expect(mount.Source).toMatch(/^berth-dev-01-/);
    expect(mount.VolumeOptions ?? {}).not.toHaveProperty("DriverConfig");
  }
  expect(host["NetworkMode"]).toMatch(/^(none|berth-dev-network|berth-dev-01-.*|container:01a+)$/);
  expect((host["PidMode"] as string | undefined) ?? "").toMatch(/^(|container:01a+)$/);
  expect((host["IpcMode"] as string | undefined) ?? "").toMatch(/^(|private|none|shareable|container:01a+)$/);
  expect(host["Memory"]).toBeGreaterThanOrEqual(6 * 1024 * 1024);
  expect(host["MemorySwap"]).toBe(host["Memory"]);
  expect(host["PidsLimit"]).toBeGreaterThan(0);
  // Commands and variables are the container's own text.
  expect(JSON.stringify([host, rest.NetworkingConfig])).not.toMatch(
    /"privileged":true|SYS_ADMIN|unconfined|(?<!berth-dev-01-)berth-dev-02|"\/:/i,
  );
}

describe("create requests, whatever they hold", () => {
  it("are refused naming a field, or go on harmless", async () => {
    let allowed = 0;
    await fc.assert(
      fc.asyncProperty(fields(known), fields(knownHost), fc.boolean(), async (container, host, clean) => {
        const base = dockerRunBody();
        const body = {
          ...base,
          ...(clean ? {} : container),
          HostConfig: { ...(base["HostConfig"] as object), ...host },
        };
        const decision = await ask("POST", "/containers/create?name=x", { body });
        if (decision.kind === "refusal") return expect(decision.message.length).toBeGreaterThan(10);
        allowed += 1;
        expectHarmless(JSON.parse(decision.body!.toString()) as Sent);
      }),
      runs,
    );
    expect(allowed).toBeGreaterThan(10);
  });
});

describe("Dockerfiles, whatever they hold", () => {
  it("are refused, or name nothing but what was found", async () => {
    const word = fc.constantFrom(
      ...[
        "FROM",
        "from",
        " FROM",
        "COPY",
        "--from=bad",
        "--from=good",
        "--fr",
        "om=bad",
        "bad",
        "good",
        "AS",
        "a",
        "RUN",
        "ONBUILD",
        "ARG",
        "X=bad",
        "X=good",
      ],
      ...[
        "${X}",
        "$X",
        "\\\n",
        "\\",
        "\n",
        "\n",
        "\r",
        "\t",
        "#",
        '"',
        "'",
        "/",
        "ADD",
        "http://x",
        "<<EOF",
        "EOF",
        "LABEL",
        "berth.owner=x",
        "`",
        "# escape=`\n",
      ],
    );
    const dockerfile = fc.array(word, { maxLength: 14 }).map((words) => `FROM good\n${words.join(" ")}\n`);
    const find = (
      reference: string,
    ): Promise<{
      id: string;
      reference: string;
      tags: [];
      labels: Record<string, string>;
      volumes: [];
      owned: false;
    }> =>
      reference === "good" || reference === "a"
        ? Promise.resolve({ id: "sha256:good", reference, tags: [], labels: {}, volumes: [], owned: false })
        : absent.image(reference);
    await fc.assert(
      fc.asyncProperty(dockerfile, async (source) => {
        let checked: string;
        try {
          checked = await checkDockerfile(source, { buildArgs: {} }, find);
        } catch (error) {
          if (error instanceof Refused) return;
          throw error;
        }
        checked = checked.replace(/\\[ \t]*\n/g, "");
        expect(checked).not.toMatch(/^\s*FROM\s+(?!sha256:good|scratch|a\b)/im);
        expect(checked).not.toMatch(/^\s*COPY\s.*--from=bad/im);
        expect(checked).not.toMatch(/^\s*ADD\s.*http:/im);
        expect(checked).not.toMatch(/^\s*LABEL\s+berth/im);
      }),
      runs,
    );
  });
});

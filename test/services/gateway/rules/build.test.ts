import { gzipSync } from "node:zlib";
import { pipeline } from "node:stream/promises";
import { Readable, Writable } from "node:stream";
import * as tar from "tar-stream";
import { checkDockerfile } from "../../../../services/gateway/rules/build/dockerfile";
import { contextTransform } from "../../../../services/gateway/rules/build/context-transform";
import type { FoundImage } from "../../../../services/gateway/rules/images";
import { absent, Refused, refuse } from "../../../../services/gateway/rules/refusals";
import { RefusedStream } from "../../../../services/gateway/rules/types";
import { archive } from "../escape/replay";
import { allowed, refused } from "./engine-model";

const images: Record<string, string> = { "debian:trixie": "sha256:de", shop: "sha256:50" };

const check = (dockerfile: string, buildArgs: Record<string, string> = {}): Promise<string> =>
  checkDockerfile(dockerfile, { buildArgs }, (reference) => {
    const id = images[reference];
    if (id === undefined) return absent.image(reference);
    return Promise.resolve({ id, reference, tags: [], labels: {}, volumes: [], owned: false });
  });

describe("a Dockerfile", () => {
  it("is built on images by their ids, and on its own stages by name", async () => {
    const dockerfile = `# syntax is for BuildKit
ARG BASE=nothing
ARG OTHER="debian:trixie"
FROM \${BASE} AS First
RUN echo \\
    # a comment inside
    FROM nowhere
FROM --platform=linux/amd64 \${OTHER:-x} AS second
COPY --from=first /a /b
COPY --from=0 --chown=1:1 /a /b
COPY --from=shop /a \\
  /b
FROM first
FROM scratch
LABEL name="a value" other=b
ADD data.tar.gz /data/
`;
    // "FROM nowhere" is the RUN's own text.
    expect(await check(dockerfile, { BASE: "shop" })).toBe(`# syntax is for BuildKit
ARG BASE=nothing
ARG OTHER="debian:trixie"
FROM sha256:50 AS first
RUN echo \\
    # a comment inside
    FROM nowhere
FROM --platform=linux/amd64 sha256:de AS second
COPY --from=first /a /b
COPY --from=0 --chown=1:1 /a /b
COPY --from=sha256:50 /a \\
  /b
FROM first
FROM scratch
LABEL name="a value" other=b
ADD data.tar.gz /data/
`);
  });

  it("has its owner's labels at the end of stages that are only copied from, and of no other", async () => {
    const dockerfile =
      "FROM shop AS tools\nRUN make tools\nFROM shop AS packages\nRUN install\n# the end\nFROM packages AS build\nRUN build\n" +
      "FROM debian:trixie AS runtime\nCOPY --from=build /a /a\nCOPY --from=tools /b /b\nFROM runtime AS debug\n";
    const labelled = async (target?: string): Promise<string[]> => {
      const labels = { "berth.owner": "01", "berth.via": "gateway" };
      const finder = (): Promise<FoundImage> =>
        Promise.resolve({
          ...{ id: "sha256:50", reference: "", tags: [], labels: {}, volumes: [], owned: false },
        });
      const lines = (await checkDockerfile(dockerfile, { buildArgs: {}, labels, target }, finder)).split(
        "\n",
      );
      return lines.flatMap((line, at) => (line.startsWith("LABEL") ? [line, lines[at + 1] ?? ""] : []));
    };
    const label = 'LABEL "berth.owner"="01" "berth.via"="gateway"';
    const tools = [label, "FROM sha256:50 AS packages"];
    expect(await labelled()).toEqual([...tools, label, "FROM sha256:50 AS runtime"]);
    expect(await labelled("RUNTIME")).toEqual([...tools, label, "FROM sha256:50 AS runtime"]);
    // build is not built then, so packages are an end.
    expect(await labelled("packages")).toEqual(tools);
    expect(await labelled("0")).toEqual([]);
  });

  it("keeps Windows line ends out", async () => {
    expect(await check("FROM shop\r\nRUN true\r\n")).toBe("FROM sha256:50\nRUN true\n");
  });

  it.each([
    ["an image that is not there", "FROM other\n", "No such image: other"],
    [
      "a stage of the future",
      "FROM shop\nCOPY --from=later / /\nFROM shop AS later\n",
      "No such image: later",
    ],
    ["a stage by its own number", "FROM shop\nCOPY --from=0 / /\n", "No such image: 0"],
    [
      "a variable that a stage sets",
      "FROM shop\nARG X=shop\nFROM ${X}\n",
      "Dockerfile line 3: ${X} has no plain value",
    ],
    [
      "a variable with an odd value",
      "ARG X=a${Y}\nFROM ${X}\n",
      "Dockerfile line 2: ${X} has no plain value",
    ],
    ["a variable cut in pieces", "ARG X=shopx\nFROM ${X%x}\n", "Dockerfile line 2"],
    [
      "an instruction before FROM",
      "RUN true\nFROM shop\n",
      "Dockerfile line 1: the first instruction must be FROM",
    ],
    ["no FROM", "# nothing\n", "Dockerfile line 1: there is no FROM"],
    ["a fetch", "FROM shop\nADD https://example.com/x /x\n", "Dockerfile line 2: ADD takes files"],
    [
      "a trigger that copies from elsewhere",
      "FROM shop\nONBUILD COPY --from=x / /\n",
      "Dockerfile line 2: ONBUILD COPY takes no options",
    ],
    [
      "an option behind what is copied",
      "FROM shop\nCOPY a --from=x b\n",
      "Dockerfile line 2: options of COPY stand before",
    ],
    ["a label of ours", "FROM shop\nLABEL a=b berth.owner=02\n", "Dockerfile line 2: labels under 'berth.'"],
  ])("is refused with %s", async (_, dockerfile, message) => {
    await expect(check(dockerfile)).rejects.toThrow(message);
  });
});

/** Runs a context through, and reads what the engine would get. */
async function transformed(
  context: Buffer,
  dockerfile = "Dockerfile",
): Promise<{ files: Record<string, string>; order: string[] }> {
  const files: Record<string, string> = {};
  const order: string[] = [];
  const extract = tar.extract();
  extract.on("entry", (header, stream, next) => {
    const chunks: Buffer[] = [];
    stream.on("data", (chunk: Buffer) => chunks.push(chunk));
    stream.on("end", () => {
      files[header.name] = Buffer.concat(chunks).toString();
      order.push(header.name);
      next();
    });
  });
  const pieces = Array.from({ length: Math.ceil(context.length / 700) }, (_, index) =>
    context.subarray(index * 700, index * 700 + 700),
  );
  const plan = {
    dockerfile,
    checkedName: ".berth-checked-1",
    check: (text: string) => Promise.resolve(`# checked\n${text}`),
  };
  await pipeline(Readable.from(pieces), contextTransform(plan), extract);
  return { files, order };
}

describe("a build context", () => {
  const files = [
    { name: "Dockerfile", content: "FROM shop\n" },
    { name: "src/a.txt", content: "a".repeat(5000) },
    { name: "link", type: "symlink" as const, linkname: "src/a.txt" },
  ];

  it.each([
    ["plain", (context: Buffer) => context],
    ["with gzip", gzipSync],
  ])("goes on %s, with the checked Dockerfile last, which no COPY finds", async (_, encode) => {
    const { files: got, order } = await transformed(encode(await archive(files)));
    expect(got["src/a.txt"]).toHaveLength(5000);
    expect(got["Dockerfile"]).toBe("FROM shop\n");
    expect(got[".dockerignore"]).toBe(".dockerignore\n.berth-checked-*\n");
    expect(got[".berth-checked-1"]).toBe("# checked\nFROM shop\n");
    expect(order.at(-1)).toBe(".berth-checked-1");
  });

  it("leaves out a Dockerfile that the ignore file names, and keeps that file's lines", async () => {
    const { files: got } = await transformed(
      await archive([...files, { name: ".dockerignore", content: "Dockerfile\nnode_modules" }]),
    );
    expect(got).not.toHaveProperty("Dockerfile");
    expect(got[".dockerignore"]).toBe("Dockerfile\nnode_modules\n.berth-checked-*\n");
  });

  it("may name another Dockerfile, and of two with one path the last counts, as in the engine", async () => {
    const two = [
      ...files,
      { name: "./docker/Dev", content: "one" },
      { name: "docker/./Dev", content: "two" },
    ];
    expect((await transformed(await archive(two), "docker/Dev")).files[".berth-checked-1"]).toBe(
      "# checked\ntwo",
    );
  });

  it.each([
    ["no Dockerfile", files.slice(1)],
    [
      "a Dockerfile that is a link",
      [{ name: "Dockerfile", type: "symlink" as const, linkname: "/etc/passwd" }],
    ],
    ["a path upwards", [...files, { name: "../x", content: "" }]],
    ["a device", [...files, { name: "x", type: "character-device" as const }]],
    ["the gateway's own name", [...files, { name: "a/.berth-checked-2", content: "" }]],
    ["a root that is a link", [{ name: "./", type: "symlink" as const, linkname: "/" }, ...files]],
  ])("is refused with %s", async (_, odd) => {
    await expect(transformed(await archive(odd))).rejects.toBeInstanceOf(RefusedStream);
  });

  it("is refused where it is no archive, and fails where it ends early", async () => {
    await expect(transformed(Buffer.from("FROM scratch\n".repeat(100)))).rejects.toBeInstanceOf(
      RefusedStream,
    );
    await expect(transformed(gzipSync(await archive(files)).subarray(0, 100))).rejects.toBeInstanceOf(Error);
  });

  it("ends with the refusal that the Dockerfile earns, and without the archive's end", async () => {
    const received: Buffer[] = [];
    const transform = contextTransform({
      ...{ dockerfile: "Dockerfile", checkedName: ".berth-checked-1" },
      check: () => Promise.resolve().then(() => refuse(403, "dockerfile", "no")),
    });
    const engine = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        received.push(chunk);
        done();
      },
    });
    const sent = pipeline(Readable.from([await archive(files)]), transform, engine);
    await expect(sent).rejects.toMatchObject({ refusal: { reason: "dockerfile" } });
    expect(Buffer.concat(received).includes("checked")).toBe(false);
  });
});

describe("the build route", () => {
  it("sets tags, labels, limits and a Dockerfile name of its own", async () => {
    const { target, bodyTransform, headers } = await allowed(
      "POST",
      "/v1.41/build?t=shop:1&t=shop&dockerfile=Dockerfile.dev&buildargs={%22A%22:%22b%22}&labels={%22x%22:%22y%22}&rm=1&version=1&memory=0&cachefrom=[]",
    );
    const query = new URL(target, "http://x").searchParams;
    expect(query.getAll("t")).toEqual(["shop:dev-01-1", "shop:dev-01-latest"]);
    expect(query.get("dockerfile")).toMatch(/^\.berth-checked-[0-9a-f]{24}$/);
    expect(JSON.parse(query.get("labels")!)).toEqual({
      x: "y",
      "berth.env": "dev",
      "berth.owner": "01",
      "berth.stack": "berth-dev",
      "berth.via": "gateway",
    });
    expect(Object.fromEntries(query)).toMatchObject({
      networkmode: "default",
      memory: "1073741824",
      memswap: "1073741824",
      cpuquota: "400000",
      cpuperiod: "100000",
    });
    expect(headers["content-type"]).toBe("application/x-tar");
    expect(bodyTransform).toBeDefined();
  });

  it.each([
    "version=2",
    "session=x",
    "remote=x",
    "networkmode=host",
    "cgroupparent=x",
    "extrahosts=a:1",
    "squash=1",
    "pull=1",
    "securityopt=[%22x%22]",
    "cachefrom=[%22x%22]",
  ])("refuses %s", async (parameter) => {
    expect(await refused("POST", `/build?${parameter}`)).toMatchObject({
      status: 403,
      reason: "field-not-allowed",
    });
  });

  it("refuses in so many words what only BuildKit has", async () => {
    expect((await refused("POST", "/session")).message).toContain("set DOCKER_BUILDKIT=0");
    expect(new Refused(await refused("POST", "/build?version=2")).message).toContain("set DOCKER_BUILDKIT=0");
  });
});

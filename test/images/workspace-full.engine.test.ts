import * as fs from "node:fs";
import { GALLERY } from "./workspace/gallery";
import { WorkspaceLab } from "./workspace/lab";

jest.setTimeout(900_000);

const lab = new WorkspaceLab();
let image: string;
let container: string;

beforeAll(async () => {
  image = await lab.build("full");
  container = await lab.start("full", image);
});
afterAll(() => lab.dispose());

/** What a tool says of itself is searched for the version that the Dockerfile pins. */
const tools: Record<string, string> = {
  NODE_VERSION: "node --version",
  NPM_VERSION: "npm --version",
  BUN_VERSION: "bun --version",
  PYTHON_VERSION: "python3 --version",
  GO_VERSION: "go version",
  RUST_VERSION: "cargo --version",
  GH_VERSION: "gh --version",
  GLAB_VERSION: "glab --version",
  CODE_SERVER_VERSION: "code-server --version",
  GEMINI_VERSION: "gemini --version",
  COPILOT_VERSION: "copilot --version",
  CLAUDE_VERSION: "claude --version",
};

function pinned(): Record<string, string> {
  const lines = fs
    .readFileSync("images/workspace/Dockerfile", "utf8")
    .matchAll(/^ARG (\w+_VERSION)=(\S+)$/gm);
  return Object.fromEntries([...lines].map(([, name = "", version = ""]) => [name, version]));
}

describe("the full workspace image", () => {
  it("has a command for every version that is pinned", () => {
    expect(Object.keys(pinned()).sort()).toEqual(Object.keys(tools).sort());
  });

  it.each(Object.entries(tools))("has the tool of %s at that version", async (name, command) => {
    const { exitCode, stdout, stderr } = await lab.ssh(container, [command]);
    expect({ exitCode, stderr: exitCode === 0 ? "" : stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toMatch(
      new RegExp(`(^|[^0-9.])${(pinned()[name] ?? "?").replaceAll(".", "\\.")}([^0-9]|$)`, "m"),
    );
  });

  it.each([
    ["TypeScript on Node", `echo 'const text: string = "hello"; console.log(text)' > a.ts && node a.ts`],
    ["TypeScript on Bun", `echo 'const text: string = "hello"; console.log(text)' > a.ts && bun run a.ts`],
    [
      "Python in an environment of its own",
      `python3 -m venv v && v/bin/python -c 'print("hello")' && v/bin/pip --version >&2`,
    ],
    ["Go", `printf 'package main\\nfunc main() { println("hello") }\\n' > a.go && go run a.go 2>&1`],
    ["Rust", `cargo init -q --name a && sed -i 's/Hello, world!/hello/' src/main.rs && cargo run -q`],
    [
      "C++",
      `printf '#include <iostream>\\nint main() { std::cout << "hello\\\\n"; }' > a.cc && make -s a && ./a`,
    ],
  ])("compiles and runs %s", async (_, script) => {
    const { stdout, stderr, exitCode } = await lab.ssh(container, [`cd $(mktemp -d) && ${script}`]);
    expect({ stdout, exitCode, stderr: exitCode === 0 ? "" : stderr }).toEqual({
      stdout: "hello\n",
      exitCode: 0,
      stderr: "",
    });
  });

  it("serves the editor, with Copilot in it", async () => {
    const page = await lab.bench.exec(container, ["curl", "-sSL", "http://127.0.0.1:8080/"]);
    expect(page.stdout).toContain(
      `&quot;codeServerVersion&quot;:&quot;${pinned().CODE_SERVER_VERSION}&quot;`,
    );
    const copilot = "/opt/code-server/node_modules/code-server/lib/vscode/extensions/copilot/package.json";
    const { stdout } = await lab.bench.exec(container, ["jq", "-r", '"\\(.publisher).\\(.name)"', copilot]);
    expect(stdout).toBe("GitHub.copilot-chat\n");
  });

  it("has each AI tool connect to the spec's MCP server in a command over SSH", async () => {
    // Answers as the protocol asks (modelcontextprotocol.io, stdio).
    const server = `require("readline").createInterface({ input: process.stdin }).on("line", (line) => {
      const { id, method, params } = JSON.parse(line);
      const result = method === "initialize" ? { protocolVersion: params.protocolVersion, capabilities: { tools: {} }, serverInfo: { name: "x", version: "1" } } : { tools: [] };
      if (id !== undefined) console.log(JSON.stringify({ jsonrpc: "2.0", id, result }));
    })`;
    const mcpServers = { probe: { command: "node", args: ["-e", server] } };
    const key = await lab.publicKey();
    const spec = { name: "ai", authorizedKeys: [key], editor: { auth: "proxy" }, tools: { mcpServers } };
    const env = { BERTH_WORKSPACE: JSON.stringify(spec) };
    // Three of them at a time, beside the editor.
    const ai = await lab.bench.start("ai", image, { env, memoryMb: 3072 });
    await lab.untilHealthy(ai);
    const each = "for tool in claude gemini copilot; do $tool mcp list > $tool.txt 2>&1 & done; wait";
    const { stdout } = await lab.ssh(ai, [`${each}; cat claude.txt gemini.txt copilot.txt`]);
    expect(stdout).toMatch(
      /probe: node -e [^]*✔ Connected[^]*✓ probe: node -e [^]*Connected[^]*probe \(local\)/,
    );
  });

  it("lists what is in it, and what could not be had", async () => {
    const { stdout } = await lab.bench.exec(container, ["cat", "/opt/berth/sbom.json"]);
    const document = JSON.parse(stdout) as {
      bomFormat: string;
      specVersion: string;
      components: { purl: string }[];
    };
    expect(document).toMatchObject({ bomFormat: "CycloneDX", specVersion: "1.6" });
    const purls = document.components.map(({ purl }) => purl.replace(/@[^@]*$/, ""));
    for (const purl of [
      ...["git", "openssh-server", "golang-1.24-go", "rustc", "gh", "glab"].map(
        (name) => `pkg:deb/debian/${name}`,
      ),
      ...["node", "npm", "bun", "code-server", "%40google/gemini-cli", "%40github/copilot"].map(
        (name) => `pkg:npm/${name}`,
      ),
      "pkg:npm/%40anthropic-ai/claude-code",
      "pkg:vscode-extension/GitHub/copilot-chat",
    ]) {
      expect(purls).toContain(purl);
    }
    expect(new Set(document.components.map(({ purl }) => purl)).size).toBe(document.components.length);
    const unverified = await lab.bench.exec(container, ["cat", "/opt/berth/unverified.txt"]);
    expect(unverified.stdout).toMatch(/^(extension [\w.-]+: .+\n)*$/);
  });

  it("takes extensions from the gallery that it is given, and lists those that are not there", async () => {
    const builder = await lab.startIdle("gallery", image);
    const script = fs.readFileSync("images/workspace/build/install-extensions", "utf8");
    const prepare = `node -e "$GALLERY" & sleep 1; bash -s probe.sample probe.absent GitHub.copilot-chat`;
    const env = { GALLERY, EXTENSIONS_GALLERY: JSON.stringify({ serviceUrl: "http://127.0.0.1:9123" }) };
    const flags = Object.entries(env).flatMap(([name, value]) => ["--env", `${name}=${value}`]);
    const exec = ["exec", "--interactive", "--user", "0", ...flags, builder, "bash", "-c", prepare];
    const { stdout } = await lab.bench.docker(exec, script);
    expect(stdout).toContain("Extension 'probe.sample' v1.0.0 was successfully installed.");
    expect(stdout).toContain("GitHub.copilot-chat: part of code-server");
    expect(stdout).toMatch(/^extension probe\.absent: Extension 'probe\.absent' not found\./m);
    const own =
      "/opt/code-server/node_modules/code-server/lib/vscode/extensions/probe.sample-1.0.0/package.json";
    expect((await lab.bench.exec(builder, ["jq", "-r", ".name", own])).stdout).toBe("sample\n");
  });

  it("keeps no caches, build files, keys or extra CA", async () => {
    const search = [
      "ls -A /root/.npm /root/.cache /root/.cargo /root/go /var/lib/apt/lists /var/cache/apt /tmp /var/tmp /etc/ssh/ssh_host_* /*.pem",
      "find / -xdev -name '*.o' -size +100k -path '*node_modules*'",
      "grep -rlE 'BEGIN [A-Z ]*PRIVATE KEY' /etc /root /run /workspace /opt/berth",
      "echo searched",
    ];
    const all = ["run", "--rm", "--user", "0", "--entrypoint", "sh", image, "-c", search.join("; ")];
    const { stdout } = await lab.bench.docker(all);
    expect(stdout.split("\n").filter((line) => line !== "" && !line.endsWith(":"))).toEqual(["searched"]);
    const history = await lab.bench.docker(["history", "--no-trunc", image]);
    expect(history.stdout).not.toMatch(/PRIVATE KEY|BEGIN CERTIFICATE/);
  });

  it("is at most 3.5 GB", async () => {
    const { stdout } = await lab.bench.docker(["image", "inspect", "--format", "{{.Size}}", image]);
    expect(Number(stdout) / 1e9).toBeLessThan(3.5);
  });
});

import { execFileSync, spawn } from "node:child_process";
import * as fs from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import * as https from "node:https";
import type { AddressInfo } from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import { issueCertificate } from "../../support/tls-registry";

/** Git's own server program behind HTTPS, which lets in who has the token: repositories below a folder of its own. */
export class GitServer {
  readonly folder = fs.mkdtempSync(path.join(os.tmpdir(), "btest-git-"));
  readonly caFile = path.join(this.folder, "ca.pem");
  /** Logins that were tried. */
  readonly asked: string[] = [];
  #server: https.Server | undefined;

  constructor(readonly token: string) {
    fs.chmodSync(this.folder, 0o755);
  }

  async start(): Promise<void> {
    const { caPem, chainPem, keyPem } = issueCertificate();
    fs.writeFileSync(this.caFile, caPem);
    this.#server = https.createServer({ cert: chainPem, key: keyPem }, (request, response) =>
      this.#answer(request, response),
    );
    await new Promise<void>((resolve) => this.#server?.listen(0, "127.0.0.1", resolve));
  }

  get host(): string {
    return `localhost:${(this.#server?.address() as AddressInfo).port}`;
  }

  url(name: string): string {
    return `https://${this.host}/${name}.git`;
  }

  /** A repository with these files in its first commit. */
  add(name: string, files: Record<string, string>): void {
    const work = path.join(this.folder, `${name}-work`);
    const git = (folder: string, ...args: string[]): void => {
      const identity = ["-c", "user.name=Server", "-c", "user.email=server@example.org"];
      execFileSync("git", ["-C", folder, ...identity, ...args], { stdio: "pipe" });
    };
    fs.mkdirSync(work);
    git(work, "init", "--quiet", "--initial-branch=main");
    for (const [file, content] of Object.entries(files)) fs.writeFileSync(path.join(work, file), content);
    git(work, "add", ".");
    git(work, "commit", "--quiet", "--message=first");
    git(this.folder, "clone", "--quiet", "--bare", work, `${name}.git`);
    git(path.join(this.folder, `${name}.git`), "config", "http.receivepack", "true");
  }

  /** Subjects of the main branch, the last one first. */
  commits(name: string): string[] {
    const folder = path.join(this.folder, `${name}.git`);
    return execFileSync("git", ["-C", folder, "log", "--format=%an %ae %s", "main"], { encoding: "utf8" })
      .trim()
      .split("\n");
  }

  async dispose(): Promise<void> {
    this.#server?.closeAllConnections();
    await new Promise((resolve) => this.#server?.close(resolve));
    fs.rmSync(this.folder, { recursive: true });
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const login = Buffer.from(
      request.headers.authorization?.replace(/^Basic /, "") ?? "",
      "base64",
    ).toString();
    this.asked.push(login);
    if (!login.endsWith(`:${this.token}`)) {
      response.writeHead(401, { "www-authenticate": 'Basic realm="git"' }).end();
      return;
    }
    const { pathname, search } = new URL(request.url ?? "/", "https://localhost");
    const backend = spawn("git", ["http-backend"], {
      env: {
        PATH: process.env.PATH,
        ...{
          GIT_PROJECT_ROOT: this.folder,
          GIT_HTTP_EXPORT_ALL: "1",
          REMOTE_USER: "dev",
          REMOTE_ADDR: "127.0.0.1",
        },
        ...{ PATH_INFO: pathname, QUERY_STRING: search.slice(1), REQUEST_METHOD: request.method },
        ...{
          CONTENT_TYPE: request.headers["content-type"] ?? "",
          HTTP_CONTENT_ENCODING: request.headers["content-encoding"] ?? "",
        },
        // Repositories are root's or whoever's runs the tests.
        ...{ GIT_CONFIG_COUNT: "1", GIT_CONFIG_KEY_0: "safe.directory", GIT_CONFIG_VALUE_0: "*" },
      },
    });
    request.pipe(backend.stdin);
    const chunks: Buffer[] = [];
    backend.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    backend.once("close", () => {
      const whole = Buffer.concat(chunks);
      const end = whole.indexOf("\r\n\r\n");
      for (const line of whole.subarray(0, end).toString().split("\r\n")) {
        const [name = "", value = ""] = line.split(/: (.*)/);
        if (name === "Status") response.statusCode = Number.parseInt(value);
        else response.setHeader(name, value);
      }
      response.end(whole.subarray(end + 4));
    });
  }
}

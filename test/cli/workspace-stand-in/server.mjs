// A page at the editor's port, with what the workspace was given.
import * as files from "node:fs";
import { createServer } from "node:http";
import process from "node:process";

const folder = "/run/secrets/berth";
createServer((request, answer) => {
  if (request.url === "/healthz") return answer.end("ok");
  const secrets = files.existsSync(folder) ? files.readdirSync(folder).sort() : [];
  const spec = JSON.parse(files.readFileSync("/etc/berth/workspace.json", "utf8"));
  return answer.end(JSON.stringify({ name: spec.name, secrets, uid: process.getuid() }));
}).listen(8080);
process.once("SIGTERM", () => process.exit(0));

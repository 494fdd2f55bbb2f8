// `make workspace`: a workspace on dev's host, by its own stack. NAME=mine OWNER=01 FILE=workspace.yaml KEY=~/.ssh/id_ed25519.pub
// IMAGE=<reference> TARGET=full|remote DO=up|stop|start|destroy|delete
import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { parseYamlText } from "../config/yaml-text";
import { workspaceSpec, type WorkspaceSpec } from "../spec/workspace/workspace-spec";
import { withNeededSecrets } from "../spec/workspace/container";
import { KNOWN_SECRETS } from "../spec/workspace/in-container";
import { probeUntilOk } from "./lib/http-probe";
import { dataRoot } from "./lib/paths";
import { main, step } from "./lib/steps";
import { localSettings } from "./workspace-parts/local-settings";
import type { WorkspaceKey } from "./workspace-parts/project";
import { create, destroy, setRunning } from "./workspace-parts/workspaces";

const VERBS = ["up", "stop", "start", "destroy", "delete"] as const;
/** How long a route may take to appear after its container became healthy. */
const ROUTE_WAIT_MS = 20_000;

function setting(name: string, fallback: string): string {
  return process.env[name] || fallback;
}

/** The operator's public key: the one that is named, else the usual ones. */
function publicKeys(): string[] {
  const named = process.env.KEY;
  const usual = ["id_ed25519", "id_ecdsa", "id_rsa"].map((name) =>
    path.join(os.homedir(), ".ssh", `${name}.pub`),
  );
  const files = named
    ? [named.replace(/^~(?=\/)/, os.homedir())]
    : usual.filter((file) => fs.existsSync(file));
  return files.map((file) => fs.readFileSync(file, "utf8").trim());
}

function specOf(name: string): WorkspaceSpec {
  const file = process.env.FILE;
  const described = file
    ? parseYamlText(fs.readFileSync(file, "utf8"), file, workspaceSpec)
    : workspaceSpec.parse({ name });
  if (described.secrets.length > 0) {
    throw new Error(
      `${file} names secrets: 'berth workspace create' gives a workspace the secrets of its owner`,
    );
  }
  const authorizedKeys = [...new Set([...described.authorizedKeys, ...publicKeys()])];
  return withNeededSecrets({ ...described, name, authorizedKeys });
}

/** The editor's password, made once and kept beside the state, readable by its owner only. */
function passwordFile({ owner, name }: WorkspaceKey): string {
  const file = path.join(dataRoot, "workspaces", `${owner}-${name}.password`);
  if (!fs.existsSync(file)) {
    fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    fs.writeFileSync(file, randomBytes(15).toString("base64url"), { mode: 0o600, flag: "wx" });
  }
  return file;
}

async function bringUp(key: WorkspaceKey): Promise<void> {
  const spec = specOf(key.name);
  const target = setting("TARGET", "full");
  if (target !== "full" && target !== "remote")
    throw new Error(`TARGET=${target} is no stage: use full or remote`);
  const local = await localSettings({ image: setting("IMAGE", "build"), target });
  const file = passwordFile(key);
  const secrets = { [KNOWN_SECRETS.editorPassword]: fs.readFileSync(file, "utf8") };
  const { state, action } = await step(`bring workspace '${key.name}' up`, () =>
    create(key, { spec, secrets, place: { local } }),
  );
  const status =
    target === "remote" ? 200 : await probeUntilOk(`${state.url}healthz`, local.proxyUrl, ROUTE_WAIT_MS);
  process.stdout.write(`
workspace  ${key.name} of ${key.owner} (${action})
open       ${state.url}
password   cat ${path.relative(process.cwd(), file)}
ssh        ${state.sshCommand}
stop       make workspace NAME=${key.name} DO=stop      (DO=start goes on where it was)
remove     make workspace NAME=${key.name} DO=destroy   (DO=delete: home and projects too)
`);
  if (status !== 200)
    throw new Error(
      `the editor did not answer 200 through the proxy within ${ROUTE_WAIT_MS / 1_000} s: ${status}`,
    );
}

main(async () => {
  const key: WorkspaceKey = {
    place: "local",
    owner: setting("OWNER", "operator"),
    name: setting("NAME", "mine"),
  };
  const verb = setting("DO", "up");
  const known = VERBS.find((one) => one === verb);
  switch (known) {
    case "up":
      return bringUp(key);
    case "start": {
      const { state } = await setRunning(key, true);
      return void process.stdout.write(`workspace '${key.name}' is at ${state.url}\n`);
    }
    case "stop":
      await setRunning(key, false);
      return void process.stdout.write(`workspace '${key.name}' is stopped; home and projects stay\n`);
    case "destroy":
    case "delete": {
      const left = await destroy(key, known === "delete");
      const kept = left ? `; its data is kept in the volume ${left.resourceIds.volume}` : ", its data too";
      return void process.stdout.write(`workspace '${key.name}' is gone${kept}\n`);
    }
    case undefined:
      throw new Error(`DO=${verb} is nothing that a workspace does: use ${VERBS.join(", ")}`);
  }
});

import { spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { timedOrThrow } from "../lib/command";
import type { Leftovers } from "../lib/cleanup";
import type { Compose } from "../up/compose";
import type { EditedTree } from "./hot-edits";

/** It says nothing when it watches. */
const SETTLES_MS = 5_000;

/** `docker compose watch` on a tree that the container has already. @throws Error with what it said where it does not run. */
export async function composeWatch(
  [program, ...first]: Compose,
  image: string,
  tree: { folder: string; source: string; names: string[] },
  leftovers: Leftovers,
): Promise<EditedTree> {
  const project = `btest-${path
    .basename(tree.folder)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, "")}`;
  const file = path.join(tree.folder, "compose.yaml");
  const service = {
    image,
    build: { context: "." },
    command: ["sleep", "infinity"],
    init: true,
    develop: { watch: [{ action: "sync", path: tree.source, target: "/app" }] },
  };
  fs.writeFileSync(file, JSON.stringify({ name: project, services: { app: service } }));
  fs.writeFileSync(path.join(tree.folder, "Dockerfile"), `FROM ${image}\n`);
  const run = (...words: string[]) => timedOrThrow(program, [...first, "--file", file, ...words]);
  leftovers.add("the compose project", async () => void (await run("down", "--timeout", "1")));
  await run("up", "--detach", "--no-build");
  const { output: id } = await run("ps", "--quiet", "app");
  const container = id.trim();
  await timedOrThrow("docker", ["exec", container, "mkdir", "/app"]);
  const copy = `tar --create --directory '${tree.source}' . | docker cp - ${container}:/app`;
  await timedOrThrow("sh", ["-c", copy]);
  const child = spawn(program, [...first, "--file", file, "watch", "--no-up"], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => (said += chunk.toString()));
  leftovers.add("docker compose watch", async () => {
    if (child.exitCode !== null) return;
    child.kill("SIGINT");
    await once(child, "exit");
  });
  await sleep(SETTLES_MS);
  if (child.exitCode !== null) throw new Error(`docker compose watch ended: ${said.slice(-500)}`);
  const format = "{{.GraphDriver.Data.MergedDir}}";
  const { output: merged } = await timedOrThrow("docker", ["inspect", "--format", format, container]);
  return { source: tree.source, names: tree.names, seen: path.join(merged.trim(), "app") };
}

import * as fs from "node:fs";
import * as path from "node:path";
import { z } from "zod";
import { repositoryFolder, type WorkspaceSpec } from "../../../spec/workspace/workspace-spec";
import { Kept } from "../settings/kept";
import type { Workspace } from "../workspace";
import { clone } from "./clone";
import type { OnceWork } from "./once";
import { runProgram } from "./run-program";

type Repository = WorkspaceSpec["repositories"][number];

const PATIENCE_MS = 2 * 60 * 60_000;

/** What was done, by folder; a setup without an end was cut off, and is begun again. */
const done = z.record(
  z.string(),
  z.object({
    url: z.string(),
    clonedAt: z.string(),
    setupStartedAt: z.string().optional(),
    setupEndedAt: z.string().optional(),
  }),
);
type Done = Kept<z.output<typeof done>>;

/** Clones what is not there yet and runs each one's setup once; what fails is tried again at the next start, a setup that failed is not. */
export async function prepareRepositories(workspace: Workspace, once: OnceWork): Promise<void> {
  const kept: Done = new Kept(workspace, "repositories", done, {});
  for (const repository of workspace.spec.repositories) {
    const name = repositoryFolder(repository);
    const folder = path.join(workspace.paths.projects, name);
    if (kept.value[name] === undefined) {
      const isThere = await once.run(`repository ${name}`, () =>
        obtain(workspace, kept, repository, name, folder),
      );
      if (!isThere) continue;
    }
    if (
      repository.setup !== undefined &&
      kept.value[name]?.setupEndedAt === undefined &&
      fs.existsSync(folder)
    ) {
      const { setup } = repository;
      await once.run(`setup of ${name}`, () => setUp(workspace, kept, setup, name, folder));
    }
  }
}

async function obtain(
  workspace: Workspace,
  kept: Done,
  repository: Repository,
  name: string,
  folder: string,
): Promise<void> {
  const now = (): string => new Date().toISOString();
  if (fs.existsSync(folder)) {
    // The user's own work: nothing is run in it.
    workspace.log.warn(`repository ${name}`, `${folder} was there before and is left as it is`);
    kept.value[name] = { url: repository.url, clonedAt: now(), setupEndedAt: now() };
  } else {
    await clone(workspace, repository, folder);
    workspace.log.info(`repository ${name}`, `cloned from ${repository.url}`);
    kept.value[name] = { url: repository.url, clonedAt: now() };
  }
  kept.save();
}

async function setUp(
  workspace: Workspace,
  kept: Done,
  line: string,
  name: string,
  folder: string,
): Promise<void> {
  const { environment, log } = workspace;
  const note = (more: Partial<Done["value"][string]>): void => {
    const before = kept.value[name];
    if (before === undefined) return;
    kept.value[name] = { ...before, ...more };
    kept.save();
  };
  note({ setupStartedAt: new Date().toISOString() });
  log.info(`setup of ${name}`, "begins");
  try {
    await runProgram(
      {
        command: ["bash", "-c", line],
        environment,
        folder,
        onLine: (text) => log.info(`setup of ${name}`, text),
      },
      PATIENCE_MS,
    );
  } catch (error) {
    throw new Error(
      `failed (${(error as Error).message}): run it by hand in ${folder}; it is not run again by itself`,
      {
        cause: error,
      },
    );
  } finally {
    note({ setupEndedAt: new Date().toISOString() });
  }
  log.info(`setup of ${name}`, "done");
}

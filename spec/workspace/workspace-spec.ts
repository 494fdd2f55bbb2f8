/** What a workspace is, wherever it runs: one schema for the shared host, Azure Container Instances and Fly.io. */
import { z } from "zod";
import { appName } from "../app-name";
import { secretKey } from "../app-manifest";
import { authorizedKeyProblem } from "./authorized-key";
import { secretVariable } from "./secret-values";

/** Sizes by name; what a place cannot give exactly it rounds up, and says so. */
export const WORKSPACE_SIZES = {
  small: { cpus: 1, memoryMb: 2048, diskGb: 10 },
  medium: { cpus: 2, memoryMb: 4096, diskGb: 20 },
  large: { cpus: 4, memoryMb: 8192, diskGb: 50 },
} as const;

const measured = z.strictObject({
  /** Cores. */
  cpus: z.number().positive().max(64),
  memoryMb: z.int().min(512).max(262_144),
  /** Of the volume that holds home and projects. */
  diskGb: z.int().min(1).max(1000),
});

/** An address that git clones from without asking: credentials are secrets, not part of it. */
const gitUrl = z
  .string()
  .max(500)
  .regex(/^(https:\/\/|ssh:\/\/|git@)[^\s]+$/, "must begin with https://, ssh:// or git@ and hold no spaces")
  .refine(
    (url) => !/^https:\/\/[^/]*@/.test(url),
    "must hold no user or token: give the token as the secret of its host",
  );

/** A folder below the one that holds the projects. */
const folder = z
  .string()
  .max(100)
  .regex(/^[A-Za-z0-9_][A-Za-z0-9._-]*$/, "must be one folder's name: letters, digits, '.', '_' and '-'");

const repository = z.strictObject({
  url: gitUrl,
  /** Branch or tag; the remote's default branch without one. */
  branch: z
    .string()
    .max(200)
    .regex(/^[A-Za-z0-9][A-Za-z0-9._/-]*$/, "must be a branch's or tag's name")
    .optional(),
  /** Below /workspace/projects; the last part of the address without one. */
  folder: folder.optional(),
  /** A shell line, run in the folder once after the clone. */
  setup: z.string().min(1).max(2000).optional(),
});

/** Where a repository is cloned to: its folder's name below /workspace/projects. */
export function repositoryFolder({ url, folder: named }: { url: string; folder?: string }): string {
  return (
    named ??
    url
      .replace(/\/+$/, "")
      .replace(/\.git$/, "")
      .split(/[/:]/)
      .at(-1) ??
    ""
  );
}

const authorizedKey = z
  .string()
  .min(1)
  .max(8192)
  .superRefine((line, context) => {
    const problem = authorizedKeyProblem(line);
    if (problem !== undefined) context.addIssue({ code: "custom", message: problem });
  });

/** Ends a workspace that nobody uses; it starts again with everything that is on its volume. */
const idleStop = z.strictObject({
  /** 0: it never stops by itself. */
  afterMinutes: z.int().min(0).max(10_080).default(60),
  /** How long before the end terminals and the editor are told. */
  warnMinutes: z.int().min(1).max(60).default(5),
  /** Of one core over a minute; above it the workspace is in use. */
  busyCpuPercent: z.int().min(1).max(100).default(10),
});

function requireFolders(repositories: z.output<typeof repository>[], context: z.RefinementCtx): void {
  const names = repositories.map(repositoryFolder);
  for (const [index, name] of names.entries()) {
    const path = [index, "folder"];
    if (!folder.safeParse(name).success)
      context.addIssue({ code: "custom", path, message: "is missing: the address ends in no folder's name" });
    else if (names.indexOf(name) < index)
      context.addIssue({
        code: "custom",
        path,
        message: `is '${name}', as another repository's: give each its own`,
      });
  }
}

/** Where a platform has only variables, two keys may not share one. */
function requireVariables(keys: string[], context: z.RefinementCtx): void {
  const names = keys.map(secretVariable);
  for (const [index, name] of names.entries()) {
    if (names.indexOf(name) < index)
      context.addIssue({
        code: "custom",
        path: [index],
        message: `has the variable ${name}, as another key has: change one of them`,
      });
  }
}

/** AI command lines that may be configured. */
export const aiTools = ["claude", "copilot", "gemini"] as const;

export const workspaceSpec = z.strictObject({
  name: appName,
  size: z.union([z.enum(["small", "medium", "large"]), measured]).default("small"),
  tools: z
    .strictObject({
      /** Command lines that get their keys; all are in the image. */
      ai: z.array(z.enum(aiTools)).default([...aiTools]),
      /** Identifiers `publisher.name` that are installed beside the image's own. */
      extensions: z
        .array(
          z.string().regex(/^[\w-]+\.[\w.-]+(@[\w.-]+)?$/, "must be 'publisher.name', or with '@version'"),
        )
        .max(50)
        .default([]),
      /** Servers for the AI command lines (Model Context Protocol), by name. */
      mcpServers: z
        .record(
          z.string().regex(/^[A-Za-z0-9_-]{1,60}$/),
          z.strictObject({ command: z.string().min(1), args: z.array(z.string()).default([]) }),
        )
        .default({}),
    })
    .prefault({}),
  git: z
    .strictObject({
      name: z
        .string()
        .min(1)
        .max(100)
        .regex(/^[^\p{Cc}<>]+$/u, "must hold no '<', '>' or control character"),
      email: z.email(),
    })
    .optional(),
  repositories: z.array(repository).max(20).superRefine(requireFolders).default([]),
  /** Cloned once into the home; its install script (install.sh, bootstrap.sh, setup.sh or the one named) is run once. */
  dotfiles: z.strictObject({ url: gitUrl, install: folder.optional() }).optional(),
  /** Public keys (OpenSSH's form, one a line) that may log in as the workspace's user. */
  authorizedKeys: z.array(authorizedKey).max(50).default([]),
  editor: z
    .strictObject({
      /** password: code-server asks for the secret `editor-password`; proxy: who reaches it was let in by the proxy in front. */
      auth: z.enum(["password", "proxy"]).default("password"),
    })
    .prefault({}),
  /** Keys of the secrets that it gets, as files below /run/secrets/berth. */
  secrets: z.array(secretKey).max(50).superRefine(requireVariables).default([]),
  idleStop: idleStop.prefault({}),
});

export type WorkspaceSpec = z.output<typeof workspaceSpec>;

/** The measures of a size. */
export function workspaceSize(size: WorkspaceSpec["size"]): z.output<typeof measured> {
  return typeof size === "string" ? WORKSPACE_SIZES[size] : size;
}

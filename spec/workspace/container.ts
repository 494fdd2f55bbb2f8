import type { Environment } from "../../policy/rules";
import { extraCaVariables, type ContainerSpec } from "../container-spec";
import { instanceName, labels, stackName, workspaceVolume, type Instance, type Scope } from "../names";
import {
  EDITOR_PORT,
  KNOWN_SECRETS,
  SECRETS_FOLDER,
  SPEC_FILE,
  WORKSPACE_COMMAND,
  WORKSPACE_USER,
  WORKSPACE_VOLUME_PATH,
} from "./in-container";
import { workspaceSize, type WorkspaceSpec } from "./workspace-spec";

/** Name of the workspace, on its container: nothing else is one. */
export const WORKSPACE_LABEL = "org.berth.workspace";

/** Where sshd reads its host keys in the container: `ssh_host_<type>_key`. */
export const HOST_KEYS_FOLDER = "/run/berth/ssh";

/** Language servers, builds and test runners start many. */
const PIDS = 2_048;
/** The first start seeds the home, and a slow host may be busy. */
const START_SECONDS = 60;

/** What is asked of a workspace on a Docker host. Plain values: nothing here is read or created. */
export interface WorkspaceRequest {
  scope: Scope;
  /** The environment whose proxy serves the editor. */
  proxyEnvironment: Environment;
  /** Developer id of whoever it is for. */
  owner: string;
  spec: WorkspaceSpec;
  /** The container gets the CA bundle of the host's proxy. */
  extraCa?: boolean;
}

/** One file of a workspace's container, there before it starts. */
export interface WorkspaceFile {
  /** Absolute path in the container. */
  path: string;
  content: string;
}

/**
 * Maps a workspace to one container: the only place where that is decided, for Pulumi and for the command line alike.
 * @throws Error where its editor would be open to everybody who reaches the proxy.
 */
export function workspaceContainer(request: WorkspaceRequest): ContainerSpec {
  const { scope, spec } = request;
  if (spec.editor.auth === "proxy") {
    throw new Error(
      `workspace '${spec.name}': the proxy of a Docker host lets everybody in, so its editor must ask for a password: remove editor.auth`,
    );
  }
  const instance: Instance = { app: spec.name, developerId: request.owner };
  const { cpus, memoryMb } = workspaceSize(spec.size);
  const { id } = WORKSPACE_USER;
  return {
    name: instanceName(scope, instance),
    instance,
    image: undefined,
    // The image's own entrypoint supervises sshd and the editor.
    command: undefined,
    environment: [
      `BERTH_ENVIRONMENT=${scope.environment}`,
      ...(request.extraCa ? extraCaVariables() : []),
    ].sort(),
    labels: labelsOf(request, instance),
    mounts: [
      {
        type: "volume",
        source: workspaceVolume(scope, instance),
        target: WORKSPACE_VOLUME_PATH,
        readOnly: false,
        // A new volume belongs to the workspace's user by that.
        copiesImage: true,
      },
    ],
    workingFolder: undefined,
    postgres: undefined,
    redis: undefined,
    healthCommand: ["CMD", WORKSPACE_COMMAND, "health"],
    healthIntervalSeconds: 60,
    healthStartSeconds: START_SECONDS,
    // One that ended because nobody used it stays ended.
    restart: "on-failure",
    ...{ memoryMb, cpus, pids: PIDS },
    capabilities: [],
    user: `${id}:${id}`,
  };
}

/** A spec with the secrets that its other settings need: an editor that asks for a password has one. */
export function withNeededSecrets(spec: WorkspaceSpec): WorkspaceSpec {
  if (spec.editor.auth !== "password") return spec;
  return { ...spec, secrets: [...new Set([...spec.secrets, KNOWN_SECRETS.editorPassword])] };
}

/** The spec as the entrypoint reads it; secrets are files of their own. */
export function specFile(spec: WorkspaceSpec): WorkspaceFile {
  return { path: SPEC_FILE, content: `${JSON.stringify(spec, null, 2)}\n` };
}

/** Where a secret lies in the container. */
export const secretPath = (key: string): string => `${SECRETS_FOLDER}/${key}`;

function labelsOf(
  { scope, proxyEnvironment }: WorkspaceRequest,
  instance: Instance,
): ContainerSpec["labels"] {
  const route = { port: EDITOR_PORT, proxyStack: stackName({ ...scope, environment: proxyEnvironment }) };
  // The proxy serves what has the role of an app.
  const own = labels(scope, { role: "app", instance, route });
  return [...own, { label: WORKSPACE_LABEL, value: instance.app }];
}

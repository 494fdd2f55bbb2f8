/** What a workspace's container is told, and where everything is in it: the image's programs and those who start it keep to this. */

/** Mounted from the volume: all that outlives the container. */
export const WORKSPACE_VOLUME_PATH = "/workspace";
/** Home of the user, on the volume. */
export const WORKSPACE_HOME = "/workspace/home";
/** Where repositories are cloned. */
export const PROJECTS_PATH = "/workspace/projects";
/** What the workspace keeps for itself on the volume: host keys, what was seeded, what ran once. */
export const KEPT_PATH = "/workspace/.berth";

/** The user that everything runs as. */
export const WORKSPACE_USER = { name: "dev", id: 1000 } as const;
export const EDITOR_PORT = 8080;
export const SSH_PORT = 2222;

/** The workspace spec as JSON: a file, or where a platform has only that, the value of {@link SPEC_VARIABLE}. */
export const SPEC_FILE = "/etc/berth/workspace.json";
export const SPEC_VARIABLE = "BERTH_WORKSPACE";
/** One file a secret, named by its key. */
export const SECRETS_FOLDER = "/run/secrets/berth";
/** Where a platform has only variables: this and the key in upper case with '_' for '-' and '.'; unset for all that is started. */
export const SECRET_VARIABLE_PREFIX = "BERTH_SECRET_";

/** Secrets with a meaning of their own; any other key is a file that the user's programs read. */
export const KNOWN_SECRETS = {
  /** Tokens for git over https; on github.com for the GitHub and Copilot command lines too. */
  githubToken: "git-github-token",
  gitlabToken: "git-gitlab-token",
  /** `<user>:<app password>`. */
  bitbucketToken: "git-bitbucket-token",
  /** Lines of `https://<user>:<token>@<host>` for any other host. */
  gitCredentials: "git-credentials",
  anthropicApiKey: "anthropic-api-key",
  geminiApiKey: "gemini-api-key",
  editorPassword: "editor-password",
  /** A private key (OpenSSH's form) for git over ssh. */
  sshKey: "ssh-key",
} as const;

/** The command in the image: `berth-workspace health|status|keep-awake [minutes]|stop`. Health exits 0 only where editor and sshd answer. */
export const WORKSPACE_COMMAND = "berth-workspace";
/** Its container ended itself because nobody used it: exit code 0, so that a restart policy for failures leaves it stopped. */
export const IDLE_EXIT_CODE = 0;
/** Where it exists when the container ends by idleness, a sidecar must end too: a file on a volume that both mount. */
export const STOPPED_MARKER = "/run/berth/shared/stopped";

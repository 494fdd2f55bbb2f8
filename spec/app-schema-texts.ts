/** What an editor shows for each key of `berth.yaml`. */
export const appSchemaTexts: Record<string, string> = {
  "": "How an app describes itself to Berth. The same file serves every environment.",
  name: "The app's name: part of host names, container names and its database's name.",
  language: "Decides the runtime image and how its tests are called.",
  build: "How its image is built.",
  "build.context":
    "Folder that is sent to the engine and synchronised: '.', or '..', '../..' and so on for what several apps share.",
  "build.dockerfile": "From the app's folder.",
  "build.target": "Stage of the Dockerfile for tst and pro.",
  "build.devTarget": "Stage of the Dockerfile for dev, with the development tools.",
  port: "Where it listens in its container; also in the variable PORT.",
  health: "When it can serve.",
  "health.path": "Answers 200 when the app can serve.",
  "health.intervalSeconds": "How often the engine asks. Starting does not wait for that.",
  "health.startSeconds": "How long it may take to start before a failing check counts.",
  services: "Shared services that it uses; it gets an account of its own in each.",
  "services.postgres": "A database of its own: its URL is in the file that DATABASE_URL_FILE names.",
  "services.redis":
    "Keys of its own: the URL is in the file that REDIS_URL_FILE names, their prefix in REDIS_KEY_PREFIX.",
  live: "What is live-edited in dev.",
  "live.target": "Folder in the image that holds the build context.",
  "live.paths": "Folders that an operator's stack mounts over the image in dev.",
  "live.keep":
    "Folders of the image that stay as they are under synchronised source; by default node_modules (typescript) or .venv (python).",
  sync: "Synchronisation with the laptop in dev.",
  "sync.mode":
    "What becomes of an edit on both sides: both versions stay until somebody chooses (two-way-safe), or the laptop's wins (two-way-resolved).",
  "sync.ignore":
    "What stays on its side, beside node_modules, .git, dist, build and .berth; in Mutagen's form.",
  secrets: "Secrets that it gets, as files in /run/secrets/berth. In dev: `berth secrets set <key>`.",
  commands: "Each as a list of words: no shell takes it apart.",
  "commands.start": "Starts the app; the image's own command where absent.",
  "commands.reload": "Starts the app so that an edit restarts it.",
  "commands.debug": "Starts the app with its debugger listening.",
  "commands.test": "`berth test`; by default the package's test script, or make test.",
  "commands.testIntegration":
    "`berth test-integration`; by default test:integration, or make test-integration.",
  "commands.testE2e": "`berth test-e2e`; by default test:e2e, or make test-e2e.",
  "commands.lint": "`berth lint`; by default the package's lint script, or make lint.",
  limits: "What its container may use at most.",
  "limits.memoryMb": "Memory in MiB.",
  "limits.cpus": "Processors, also parts of one.",
  "limits.pids": "Processes and threads together.",
  capabilities: "Linux capabilities given back after all were dropped.",
  user: 'Numeric user in the container, or user:group; root has to be asked for by "0".',
};

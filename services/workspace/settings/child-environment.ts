import { SECRET_VARIABLE_PREFIX, SPEC_VARIABLE, WORKSPACE_USER } from "../../../spec/workspace/in-container";
import type { Paths } from "../paths";

/** What belongs to the process that had it, and is made anew for each that is started. */
const OWN = ["_", "PWD", "OLDPWD", "SHLVL", "HOSTNAME", "TERM", "INVOCATION_ID"];

/**
 * The environment of everything that is started: the container's own, without what carries secrets or settings of this program, and with
 * the user's home and name.
 */
export function childEnvironment(
  given: Readonly<Record<string, string | undefined>>,
  paths: Paths,
): Record<string, string> {
  const kept = Object.entries(given).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined &&
      !entry[0].startsWith(SECRET_VARIABLE_PREFIX) &&
      entry[0] !== SPEC_VARIABLE &&
      !OWN.includes(entry[0]),
  );
  return {
    PATH: "/usr/local/bin:/usr/bin:/bin",
    LANG: "C.UTF-8",
    ...Object.fromEntries(kept),
    HOME: paths.home,
    USER: WORKSPACE_USER.name,
    LOGNAME: WORKSPACE_USER.name,
    SHELL: "/bin/bash",
    BERTH_SECRETS: paths.secrets,
  };
}

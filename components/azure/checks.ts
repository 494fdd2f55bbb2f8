import { z } from "zod";
import { KNOWN_SECRETS } from "../../spec/workspace/in-container";
import type { CloudWorkspaceArgs } from "./cloud-workspace-args";
import { regionName } from "./names";

/** One variable's value; the kernel takes no longer one (MAX_ARG_STRLEN), and Azure gives no file that is not secret. */
const LONGEST_SPEC = 100_000;

/** Log Analytics keeps no shorter and no longer (learn.microsoft.com/azure/azure-monitor/logs/data-retention-configure). */
const RETENTION_DAYS = { least: 30, most: 730 };

/**
 * All that Azure, or whoever stands at the workspace's door, would refuse later.
 * @throws Error that names the workspace, each problem and its fix, before anything is declared.
 */
export function checkCloudWorkspace(args: CloudWorkspaceArgs): void {
  const problems = [
    ...secretProblems(args),
    ...doorProblems(args),
    ...settingProblems(args),
    ...(JSON.stringify(args.spec).length > LONGEST_SPEC
      ? [`its spec has more than ${LONGEST_SPEC} characters: give fewer keys or repositories`]
      : []),
  ];
  if (problems.length === 0) return;
  throw new Error(
    `workspace ${args.name} cannot be on Azure:\n${problems.map((problem) => `  ${problem}`).join("\n")}`,
  );
}

function secretProblems({ spec, secrets, secureVariables = {} }: CloudWorkspaceArgs): string[] {
  return [
    ...spec.secrets
      .filter((key) => !(key in secrets))
      .map(
        (key) =>
          `its spec names the secret ${key}, which has no value: give it one, or take it out of secrets`,
      ),
    ...Object.keys(secrets)
      .filter((key) => !/^[-._a-zA-Z0-9]+$/.test(key))
      .map((key) => `the secret '${key}' cannot be a file: use letters, digits, '.', '_' and '-'`),
    ...Object.keys(secureVariables)
      .filter((variable) => !/^[A-Za-z_][A-Za-z0-9_]*$/.test(variable))
      .map((variable) => `'${variable}' is no variable's name: use letters, digits and '_'`),
  ];
}

/** Everybody on the internet can knock. */
function doorProblems({ spec, secrets }: CloudWorkspaceArgs): string[] {
  const { editorPassword } = KNOWN_SECRETS;
  if (spec.editor.auth === "proxy")
    return [
      `editor.auth is proxy, and no proxy on Azure asks who it is: set it to password, and give the secret ${editorPassword}`,
    ];
  return editorPassword in secrets ? [] : [`nobody could open its editor: give the secret ${editorPassword}`];
}

function settingProblems({ location, tls, logs, data }: CloudWorkspaceArgs): string[] {
  const problems: string[] = [];
  if (!/^[a-z0-9]{2,40}$/.test(regionName(location)))
    problems.push(`'${location}' is no region of Azure: give a name like westeurope`);
  if (tls && !z.email().safeParse(tls.email).success)
    problems.push(`tls.email '${tls.email}' is no address: give one that somebody reads`);
  if (tls && tls.acmeDirectory !== undefined && !/^https:\/\/[^\s{}"]+$/.test(tls.acmeDirectory))
    problems.push(
      `tls.acmeDirectory '${tls.acmeDirectory}' must begin with https:// and hold no spaces, braces or quotes`,
    );
  const days = logs?.retentionDays ?? RETENTION_DAYS.least;
  if (!Number.isInteger(days) || days < RETENTION_DAYS.least || days > RETENTION_DAYS.most)
    problems.push(`logs.retentionDays is ${days}: give ${RETENTION_DAYS.least} to ${RETENTION_DAYS.most}`);
  const softDeleteDays = data?.softDeleteDays ?? 1;
  if (!Number.isInteger(softDeleteDays) || softDeleteDays < 1 || softDeleteDays > 365)
    problems.push(`data.softDeleteDays is ${softDeleteDays}: give 1 to 365`);
  return problems;
}

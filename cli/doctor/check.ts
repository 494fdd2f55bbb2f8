import { causeOf } from "../failure";
import type { Diagnosis } from "./diagnosis";
import type { Finding } from "./finding";

export interface Check {
  name: string;
  look: (diagnosis: Diagnosis) => Finding | Promise<Finding>;
}

/** One line of the report. */
export interface Result {
  check: string;
  state: Finding["state"];
  what: string;
  fix?: string;
  /** What --fix did about it. */
  mended?: string;
}

/**
 * Runs checks one after the other: a later one may need what an earlier one mended.
 * @param fix mends what can be mended without losing anything, and looks again.
 */
export async function runChecks(checks: Check[], diagnosis: Diagnosis, fix: boolean): Promise<Result[]> {
  const results: Result[] = [];
  for (const check of checks) results.push(await runCheck(check, diagnosis, fix));
  return results;
}

async function runCheck(check: Check, diagnosis: Diagnosis, fix: boolean): Promise<Result> {
  const found = await lookSafely(check, diagnosis);
  if (!fix || found.mend === undefined) return resultOf(check, found);
  try {
    const mended = await found.mend();
    return { ...resultOf(check, await lookSafely(check, diagnosis)), mended };
  } catch (error) {
    return { ...resultOf(check, found), mended: `could not be mended: ${causeOf(error)}` };
  }
}

/** A check that cannot be made is a finding itself. */
async function lookSafely(check: Check, diagnosis: Diagnosis): Promise<Finding> {
  try {
    return await check.look(diagnosis);
  } catch (error) {
    return { state: "fail", what: causeOf(error) };
  }
}

function resultOf({ name }: Check, { state, what, fix }: Finding): Result {
  return { check: name, state, what, ...(fix !== undefined && { fix }) };
}

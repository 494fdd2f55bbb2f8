import { RESERVED_OWNERS } from "../../../spec/names";

/** What a certificate lets its holder do; the gateway decides by it. */
export const ROLES = ["developer", "ci", "operator"] as const;

export type Role = (typeof ROLES)[number];

const DEVELOPER_ID = /^[a-z0-9]{1,16}$/;

/** Why a text cannot be a developer id; undefined when it can. */
export function developerIdProblem(developerId: string): string | undefined {
  if (!DEVELOPER_ID.test(developerId)) {
    return `'${developerId}' is no developer id: use 1 to 16 lower-case letters and digits, such as 01`;
  }
  if (RESERVED_OWNERS.includes(developerId)) {
    return `'${developerId}' cannot be a developer id: Berth uses that name itself`;
  }
  return undefined;
}

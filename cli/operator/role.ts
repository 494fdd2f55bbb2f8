import { ROLES, type Role } from "../../services/onboarding/identity/role";
import { EXIT, Failure } from "../failure";
import { certificatesIn } from "../identity/pair";
import type { Session } from "../session";

/** Who may change tst, pro and the shared services. */
const CHANGING: readonly Role[] = ["ci", "operator"];

/** What a certificate says of its holder: its OU. A certificate without one is a developer's. */
export function roleIn(certPem: string): Role {
  const lines = certificatesIn(certPem)[0]?.subject.split("\n") ?? [];
  return ROLES.find((role) => lines.includes(`OU=${role}`)) ?? "developer";
}

export const mayChange = (role: Role): boolean => CHANGING.includes(role);

/**
 * Keeps a developer from doing by mistake what is CI's or the operator's. What really guards a stack is its checkout: the state, the
 * passphrase and the engine that are there.
 * @throws Failure (refused) naming the role and how to get another.
 */
export function requireChangingRole({ identity, devId }: Session, what: string): void {
  const role = roleIn(identity.certPem);
  if (mayChange(role)) return;
  throw new Failure(
    `${what} takes the role ci or operator, and the certificate of ${devId} has the role ${role}: ask the operator to do it, or for a PIN ` +
      `with that role (make pin DEV=${devId} ROLE=ci, then berth dev init --pin …)`,
    EXIT.refused,
  );
}

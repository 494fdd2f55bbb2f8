import type { Environment } from "../../policy/rules";
import { EXIT, Failure } from "../failure";

/** What `--env` says; dev where it is not given. @throws Failure (usage) naming those that a command knows. */
export function environmentOf<Known extends Environment>(
  asked: string | undefined,
  known: readonly Known[],
): Known | "dev" {
  const found = known.find((environment) => environment === (asked ?? "dev"));
  if (found !== undefined) return found;
  throw new Failure(`--env '${asked}' is none of ${known.join(", ")}`, EXIT.usage);
}

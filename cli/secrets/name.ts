import { secretKeyProblem } from "../../spec/secret-key";
import { EXIT, Failure } from "../failure";

/** A secret of all apps, or of one alone, which then goes before that of all. */
export interface SecretName {
  key: string;
  app?: string;
}

/** A secret as a file lists it, without its value. */
export interface SecretFacts extends SecretName {
  /** ISO 8601. */
  changedAt: string;
}

const APP = /^[a-z](-?[a-z0-9])*$/;

/** As files have it: `stripe-key`, or `shop/stripe-key`. */
export const textOf = ({ key, app }: SecretName): string => (app === undefined ? key : `${app}/${key}`);

export function nameOf(text: string): SecretName {
  const slash = text.indexOf("/");
  return slash < 0 ? { key: text } : { app: text.slice(0, slash), key: text.slice(slash + 1) };
}

/** @throws Failure (usage) where a key or an app's name cannot be one. */
export function checkedName(key: string, app: string | undefined): SecretName {
  const problem = secretKeyProblem(key);
  if (problem !== undefined) throw new Failure(problem, EXIT.usage);
  if (app !== undefined && !APP.test(app)) {
    throw new Failure(
      `'${app}' is no name of an app: give --app the name that its berth.yaml has`,
      EXIT.usage,
    );
  }
  return { key, app };
}

/** The command that gives a secret its value, for advice. */
export function setCommand(key: string, flags = ""): string {
  return `berth secrets set ${key}${flags}`;
}

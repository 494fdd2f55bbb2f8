import { secretKey } from "../../spec/app-manifest";
import { appName } from "../../spec/app-name";
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

/** As files have it: `stripe-key`, or `shop/stripe-key`. */
export const textOf = ({ key, app }: SecretName): string => (app === undefined ? key : `${app}/${key}`);

export function nameOf(text: string): SecretName {
  const slash = text.indexOf("/");
  return slash < 0 ? { key: text } : { app: text.slice(0, slash), key: text.slice(slash + 1) };
}

/** @throws Failure (usage) where a key or an app's name cannot be one. */
export function checkedName(key: string, app: string | undefined): SecretName {
  const wrongKey = secretKey.safeParse(key).error?.issues[0]?.message;
  if (wrongKey !== undefined) throw new Failure(`the key '${key}' ${wrongKey}`, EXIT.usage);
  const wrongApp = app === undefined ? undefined : appName.safeParse(app).error?.issues[0]?.message;
  if (wrongApp !== undefined) throw new Failure(`--app '${app}' ${wrongApp}`, EXIT.usage);
  return { key, app };
}

/** The command that gives a secret its value, for advice. */
export function setCommand(key: string, flags = ""): string {
  return `berth secrets set ${key}${flags}`;
}

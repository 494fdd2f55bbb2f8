import * as path from "node:path";
import { readIfThere } from "../files";
import { serverFacts, type ServerFacts } from "../server/answer";
import { pairProblem, type Pair } from "./pair";

/** An identity's files by what they hold. */
export const FILES = {
  keyPem: "key.pem",
  certPem: "cert.pem",
  caPem: "ca.pem",
  facts: "server.json",
} as const;

/** What one folder of an identity holds; what is missing is empty. */
export interface Identity extends Pair {
  folder: string;
  /** What the server said with the certificate; undefined where the folder was made without this command. */
  facts: ServerFacts | undefined;
  /** Why it cannot be used; undefined when it can. */
  problem: string | undefined;
}

/** Reads a folder as it is. */
export function readIdentity(developerId: string, folder: string): Identity {
  const text = (name: string): string => readIfThere(path.join(folder, name)) ?? "";
  const pair = { keyPem: text(FILES.keyPem), certPem: text(FILES.certPem), caPem: text(FILES.caPem) };
  const missing = (["keyPem", "certPem", "caPem"] as const).filter((name) => pair[name] === "");
  const problem =
    missing.length > 0
      ? `${missing.map((name) => FILES[name]).join(" and ")} missing`
      : pairProblem(developerId, pair);
  return { ...pair, folder, facts: factsIn(text(FILES.facts)), problem };
}

function factsIn(text: string): ServerFacts | undefined {
  try {
    return serverFacts.parse(JSON.parse(text));
  } catch {
    // Without them the defaults hold, and the next renewal brings them again.
    return undefined;
  }
}

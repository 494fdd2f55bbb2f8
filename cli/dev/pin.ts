import { text } from "node:stream/consumers";
import { EXIT, Failure } from "../failure";

/** The PIN from the option; "-" reads it from standard input, so that no list of processes shows it. */
export async function readPin(option: string | undefined): Promise<string | undefined> {
  if (option === undefined) return undefined;
  const pin = (option === "-" ? await text(process.stdin) : option).trim();
  if (pin === "") throw new Failure("--pin is empty: give the PIN from the operator", EXIT.usage);
  return pin;
}

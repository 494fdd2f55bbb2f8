import { text } from "node:stream/consumers";
import { MachinesApi } from "./api";
import { withoutSecrets } from "./redact";
import type { Step } from "./request";
import { readSettings } from "./settings";
import { STEPS } from "./steps";

const USAGE = `usage: fly-machines app|volume|secrets|machine [--remove]
Standard input holds what is wanted, as JSON; FLY_API_TOKEN holds the token.`;

/**
 * One step towards a workspace on Fly.io, or back. What is secret comes in by standard input and variables. Standard output gets the
 * result for Pulumi's state, standard error what a person reads.
 */
async function main(): Promise<void> {
  const [word = "", option, ...more] = process.argv.slice(2);
  if (!isStep(word) || (option !== undefined && option !== "--remove") || more.length > 0)
    throw new Error(USAGE);
  const settings = readSettings(process.env);
  const input = await readInput();
  const api = new MachinesApi(settings);
  try {
    if (option === undefined) process.stdout.write(`${JSON.stringify(await STEPS[word].make(api, input))}\n`);
    else process.stderr.write(`${await STEPS[word].remove(api, input)}\n`);
  } catch (error) {
    throw new Error(withoutSecrets(messageOf(error), settings, input), { cause: error });
  }
}

function isStep(word: string): word is Step {
  return Object.hasOwn(STEPS, word);
}

async function readInput(): Promise<unknown> {
  const input = await text(process.stdin);
  try {
    return JSON.parse(input);
  } catch {
    // The parser's message would quote a secret.
    throw new Error("Fly.io: standard input is no JSON: only Berth's own component writes it");
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

main().catch((error: unknown) => {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = messageOf(error) === USAGE ? 2 : 1;
});

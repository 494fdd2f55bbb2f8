import type { FoundImage } from "../images";
import type { Labels } from "../ownership";
import { checkPlain, refuseLine, splitInstructions, type Instruction } from "./instructions";
import { labelStages, type Stage } from "./stage-labels";

/** White space and control characters that parsers take for different things; a tab and a line's end are plain. */
const ODD_CHARACTERS =
  // eslint-disable-next-line no-control-regex -- control characters are what this looks for
  /[\x00-\x08\x0b-\x1f\x7f\u0085\u00a0\u1680\u2000-\u200f\u2028-\u202f\u205f\u2060\u3000\ufeff\ufffd]/;
const STAGE = /^[a-z][a-z0-9_.-]*$/;

/** Finds an image that the caller may build on; throws Refused as the engine does where there is none. */
export type ImageFinder = (reference: string) => Promise<FoundImage>;

/** What a build is asked for, beside its Dockerfile. */
export interface BuildRequest {
  /** Values given with --build-arg. */
  buildArgs: Record<string, string | null>;
  /** Of the owner, for stages that are only copied from. */
  labels?: Labels;
  /** Stage to build; empty for the last one. */
  target?: string;
}

/**
 * Checks a Dockerfile and writes the one that the engine gets: every image that it builds on or copies from is the caller's own or a
 * shared one, and is named by its id, so that what was checked is what is used.
 * @throws Refused naming the line
 */
export async function checkDockerfile(
  source: string,
  { buildArgs, labels, target = "" }: BuildRequest,
  findImage: ImageFinder,
): Promise<string> {
  const dockerfile = source.replace(/\r\n/g, "\n");
  const odd = dockerfile.split("\n").findIndex((line) => ODD_CHARACTERS.test(line));
  if (odd >= 0) refuseLine(odd, "holds a control character or unusual white space");
  const escape = dockerfile.split("\n").findIndex((line) => /^\s*#\s*escape\s*=\s*[^\\\s]/i.test(line));
  if (escape >= 0) refuseLine(escape, "the escape character stays the backslash");
  const lines = dockerfile.split("\n");
  const stages: Stage[] = [];
  const args = new Map<string, string | undefined>();
  for (const instruction of splitInstructions(dockerfile)) {
    const { keyword, line } = instruction;
    if (keyword === "ARG" && stages.length === 0) readArguments(instruction, buildArgs, args);
    else if (keyword === "FROM") lines[line] = await checkFrom(instruction, stages, args, findImage);
    else if (stages.length === 0) refuseLine(line, "the first instruction must be FROM, or an ARG for it");
    else if (keyword === "COPY" || keyword === "ADD") {
      lines[line] = await checkCopy(instruction, lines[line] ?? "", stages, findImage);
    }
    checkPlain(instruction);
  }
  if (stages.length === 0) refuseLine(0, "there is no FROM");
  return (labels ? labelStages(lines, stages, labels, target) : lines).join("\n");
}

/** Arguments before the first FROM, which FROM may use. One whose value is not plain has none that could be checked. */
function readArguments(
  { rest }: Instruction,
  buildArgs: Record<string, string | null>,
  args: Map<string, string | undefined>,
): void {
  for (const word of rest.split(/\s+/)) {
    const match = /^([A-Za-z_][A-Za-z0-9_]*)(?:=(.*))?$/.exec(word);
    if (!match?.[1]) continue;
    const name = match[1];
    const quoted = /^(?:"([^"]*)"|'([^']*)')$/.exec(match[2] ?? "");
    const fallback = quoted ? (quoted[1] ?? quoted[2]) : match[2];
    const value = Object.hasOwn(buildArgs, name) ? (buildArgs[name] ?? fallback) : fallback;
    args.set(name, value !== undefined && /^[A-Za-z0-9._/:@+-]*$/.test(value) ? value : undefined);
  }
}

async function checkFrom(
  { line, rest, continued }: Instruction,
  stages: Stage[],
  args: Map<string, string | undefined>,
  findImage: ImageFinder,
): Promise<string> {
  const match = /^(--platform=[a-z0-9/]+\s+)?([A-Za-z0-9._/:@${}+-]+)(?:\s+as\s+([A-Za-z0-9_.-]+))?$/i.exec(
    rest.trim(),
  );
  if (!match?.[2] || continued) return refuseLine(line, "write it in one line as FROM <image> [AS <name>]");
  const image = substitute(match[2], line, args);
  const stage = match[3]?.toLowerCase();
  if (stage !== undefined && (!STAGE.test(stage) || stage === "scratch"))
    refuseLine(line, `'${stage}' is no name of a stage`);
  const base = stageNumber(image, stages);
  const from = base !== undefined || image === "scratch" ? image : (await findImage(image)).id;
  stages.push({ name: stage ?? "", line, base });
  return `FROM ${match[1] ?? ""}${from}${stage === undefined ? "" : ` AS ${stage}`}`;
}

/** Of the stage of that name; undefined where there is none. */
function stageNumber(name: string, stages: readonly Stage[]): number | undefined {
  const number = name === "" ? -1 : stages.findIndex((stage) => stage.name === name.toLowerCase());
  return number < 0 ? undefined : number;
}

/** `$NAME`, `${NAME}` and `${NAME:-default}`; every other form of the shell is refused. */
function substitute(word: string, line: number, args: Map<string, string | undefined>): string {
  const value = word.replace(
    /\$(?:([A-Za-z_][A-Za-z0-9_]*)|\{([A-Za-z_][A-Za-z0-9_]*)(?::-([A-Za-z0-9._/:@+-]*))?\})/g,
    (_, plain: string | undefined, braced: string | undefined, fallback: string | undefined) => {
      const name = plain ?? braced ?? "";
      return (
        args.get(name) ||
        fallback ||
        refuseLine(line, `\${${name}} has no plain value: declare it with ARG before the first FROM`)
      );
    },
  );
  if (value.includes("$") || value.includes("{") || value.includes("}"))
    refuseLine(line, "only $NAME, ${NAME} and ${NAME:-default} are taken here");
  return value;
}

/** Options of COPY and ADD stand plainly in the first line; an image that is copied from is named by its id. */
async function checkCopy(
  { keyword, line, rest, continued }: Instruction,
  firstLine: string,
  stages: readonly Stage[],
  findImage: ImageFinder,
): Promise<string> {
  const words = rest.trim().split(/\s+/);
  const options = words
    .slice(0, words.findIndex((word) => !word.startsWith("--")) + 1 || undefined)
    .filter((word) => word.startsWith("--"));
  if (words.slice(options.length).some((word) => word.startsWith("--"))) {
    refuseLine(line, `options of ${keyword} stand before what it copies`);
  }
  let from: string | undefined;
  for (const option of options) {
    const match = /^--([a-z-]+)(?:=([A-Za-z0-9._/:@+,${}-]*))?$/.exec(option);
    if (!match)
      refuseLine(line, `option '${option.slice(0, 40)}' of ${keyword} is not in the plain form --name=value`);
    if (match[1] !== "from") continue;
    if (keyword === "ADD" || from !== undefined) refuseLine(line, "--from is taken once, by COPY");
    from = match[2] ?? "";
  }
  // What stands on the following lines is joined without a space: an option could be put together across them.
  if (options.length > 0 && continued && !/^\s*\S+(\s+--\S+)+\s+[^-\s\\]/.test(firstLine)) {
    refuseLine(line, `write the options of ${keyword} and what it copies first in one line`);
  }
  if (from === undefined) return firstLine;
  if (from === "" || from.includes("$"))
    refuseLine(line, "--from must name a stage or an image, without variables");
  if (
    stageNumber(from, stages) !== undefined ||
    (/^[0-9]{1,3}$/.test(from) && Number(from) < stages.length - 1)
  )
    return firstLine;
  const { id } = await findImage(from);
  return firstLine.replace(`--from=${from}`, `--from=${id}`);
}

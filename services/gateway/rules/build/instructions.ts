import { DockerfileParser } from "dockerfile-ast";
import { refuse } from "../refusals";

const KEYWORDS = [
  ...[
    "ADD",
    "ARG",
    "CMD",
    "COPY",
    "ENTRYPOINT",
    "ENV",
    "EXPOSE",
    "FROM",
    "HEALTHCHECK",
    "LABEL",
    "MAINTAINER",
  ],
  ...["ONBUILD", "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"],
];
/** Triggers that may be left for whoever builds on the image. */
const TRIGGERS = KEYWORDS.filter((keyword) => !["FROM", "ONBUILD", "MAINTAINER"].includes(keyword));
/** What `docker commit --change` may hold. */
const CHANGES = ["CMD", "ENTRYPOINT", "ENV", "EXPOSE", "LABEL", "USER", "VOLUME", "WORKDIR"];

/** One instruction of a Dockerfile. */
export interface Instruction {
  /** In upper case. */
  keyword: string;
  /** Counted from 0. */
  line: number;
  /** What follows the keyword, lines joined. */
  rest: string;
  /** Whether it goes on after its first line. */
  continued: boolean;
}

/** Ends a build with the line at fault. */
export function refuseLine(line: number, why: string): never {
  return refuse(403, "dockerfile", `Dockerfile line ${line + 1}: ${why}`);
}

/**
 * Splits a Dockerfile as the engine's parser does, and refuses whatever parsers could read differently: the instructions found
 * must be those that an independent parser finds.
 * @throws Refused
 */
export function splitInstructions(dockerfile: string): Instruction[] {
  const lines = dockerfile.split("\n");
  const found: Instruction[] = [];
  for (let index = 0; index < lines.length; index += 1) {
    const start = index;
    const first = (lines[index] ?? "").trimStart();
    if (first === "" || first.startsWith("#")) continue;
    let { text, goesOn } = withoutContinuation(first, index);
    const continued = goesOn;
    while (goesOn && index + 1 < lines.length) {
      index += 1;
      const next = lines[index] ?? "";
      if (next.trim() === "" || next.trimStart().startsWith("#")) continue;
      const more = withoutContinuation(next, index);
      text += more.text;
      goesOn = more.goesOn;
    }
    const match = /^(\S+)(?:\s+(.*))?$/s.exec(text.trim());
    const keyword = match?.[1]?.toUpperCase() ?? "";
    if (!KEYWORDS.includes(keyword)) refuseLine(start, `'${keyword.slice(0, 20)}' is no instruction`);
    found.push({ keyword, line: start, rest: match?.[2] ?? "", continued });
  }
  compareWithParser(dockerfile, found);
  return found;
}

function withoutContinuation(line: string, index: number): { text: string; goesOn: boolean } {
  // Engines differ on whether the second of two backslashes continues the line.
  if (/\\\\[ \t]*$/.test(line))
    refuseLine(index, "ends with two backslashes, which engines read differently");
  const text = line.replace(/\\[ \t]*$/, "");
  return { text, goesOn: text !== line };
}

function compareWithParser(dockerfile: string, found: readonly Instruction[]): void {
  const parsed = DockerfileParser.parse(dockerfile)
    .getInstructions()
    .map((instruction) => `${instruction.getKeyword()} ${instruction.getRange()?.start.line}`);
  const own = found.map(({ keyword, line }) => `${keyword} ${line}`);
  const at = own.findIndex((one, index) => one !== parsed[index]);
  if (at >= 0)
    refuseLine(
      found[at]?.line ?? 0,
      "cannot be read with certainty: write each instruction in the plain form",
    );
  if (parsed.length !== own.length)
    refuseLine(0, "cannot be read with certainty: write each instruction in the plain form");
}

/**
 * Checks an instruction of `docker commit --change`.
 * @throws Refused
 */
export function checkChange(change: string): void {
  const [instruction, ...more] = splitInstructions(change);
  if (!instruction || more.length > 0 || !CHANGES.includes(instruction.keyword)) {
    refuse(403, "dockerfile", `query parameter 'changes': one of ${CHANGES.join(", ")} at a time`);
  }
  checkPlain(instruction);
}

/** Checks everything but FROM and the stage that a COPY names. */
export function checkPlain({ keyword, line, rest, continued }: Instruction): void {
  if (/(^|\s)[0-9]*<<-?["']?[A-Za-z_]/.test(rest) && ["RUN", "COPY", "ADD"].includes(keyword)) {
    refuseLine(line, "here-documents need BuildKit: write the file into the build context");
  }
  switch (keyword) {
    case "RUN":
      if (rest.startsWith("--"))
        refuseLine(line, "options of RUN need BuildKit, which the gateway cannot check");
      break;
    case "ADD":
      checkAdd(line, rest, continued);
      break;
    case "LABEL":
      checkLabel(line, rest);
      break;
    case "ONBUILD":
      checkTrigger(line, rest, continued);
      break;
    default:
  }
}

/** The engine fetches what ADD names by address, from the host's own place in the network. */
function checkAdd(line: number, rest: string, continued: boolean): void {
  const words = rest.startsWith("[") ? listOf(rest) : rest.split(/\s+/);
  const plain = words?.every((word) => /^[A-Za-z0-9_./*?@+=:,~-]+$/.test(word));
  if (continued || !plain || /:\/\/|git@/.test(rest)) {
    refuseLine(
      line,
      "ADD takes files of the build context by their plain names, in one line: use COPY for others, and RUN to fetch",
    );
  }
}

/** The words of an instruction in list form; undefined where it is none that every parser reads so. */
function listOf(rest: string): string[] | undefined {
  const match = /^\[(\s*"[^"\\]*"\s*(?:,\s*"[^"\\]*"\s*)*)\]\s*$/.exec(rest);
  return match?.[1]?.split(",").map((word) => word.trim().slice(1, -1));
}

/** Labels under `berth.` speak for the gateway, also in what a build leaves between. */
function checkLabel(line: number, rest: string): void {
  const withoutValues = rest.replace(/=("(\\.|[^"\\])*"|'[^']*')/g, "=value");
  const words = withoutValues.split(/\s+/);
  const keys = words[0]?.includes("=")
    ? words.map((word) => word.slice(0, Math.max(word.indexOf("="), 0)))
    : [words[0] ?? ""];
  for (const key of keys) {
    const name = key.replace(/^"(.*)"$/, "$1").replace(/^'(.*)'$/, "$1");
    if (!/^[A-Za-z0-9_./-]+$/.test(name)) refuseLine(line, 'write labels as name="value", with plain names');
    if (/^berth\./i.test(name)) refuseLine(line, "labels under 'berth.' are set by the gateway");
  }
}

function checkTrigger(line: number, rest: string, continued: boolean): void {
  const [keyword = ""] = rest.split(/\s/, 1);
  const trigger = keyword.toUpperCase();
  if (!TRIGGERS.includes(trigger)) refuseLine(line, `ONBUILD ${keyword.slice(0, 20)} is not allowed`);
  const after = rest.slice(keyword.length).trim();
  if (/^(COPY|ADD)$/.test(trigger) && after.includes("--")) {
    refuseLine(line, `ONBUILD ${trigger} takes no options: what they name is not known yet`);
  }
  checkPlain({ keyword: trigger, line, rest: after, continued });
}

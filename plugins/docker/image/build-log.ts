/** Following a build: what to show while it runs, and which step to blame when it fails. */
import type { ProgressMessage } from "../engine/progress";

const KEPT_LINES = 20;
/** The classic builder paints what a step writes to standard error; programs paint too. */
// eslint-disable-next-line no-control-regex
const COLOURS = /\u001b\[[0-9;]*m/g;

const plain = (line: string): string => line.replace(COLOURS, "").trimEnd();

/** Output lines of one step, the last of them kept. */
export class StepOutput {
  private readonly lines: string[] = [];
  private rest = "";

  constructor(readonly name: string) {}

  /** Takes a piece of output and gives the lines that it completes. */
  add(piece: string): string[] {
    const parts = (this.rest + piece).split(/\r?\n|\r/);
    this.rest = parts.pop() ?? "";
    const complete = parts.map(plain).filter(Boolean);
    this.lines.push(...complete);
    this.lines.splice(0, this.lines.length - KEPT_LINES);
    return complete;
  }

  /** The last lines, an unfinished one included. */
  tail(): string[] {
    return [...this.lines, plain(this.rest)].filter(Boolean);
  }
}

export interface BuildLog {
  /** Takes one message of the engine, and gives the lines to show for it. */
  add(message: ProgressMessage): string[];
  /** Of the built image, once it is there. */
  imageId?: string;
  steps: number;
  cachedSteps: number;
  failedStep(): StepOutput | undefined;
}

/** The classic builder: steps follow each other, announced by "Step 2/5 : RUN …". */
export class ClassicLog implements BuildLog {
  imageId?: string;
  steps = 0;
  cachedSteps = 0;
  private step?: StepOutput;
  private rest = "";

  add({ stream, status, aux }: ProgressMessage): string[] {
    const id = (aux as { ID?: string } | undefined)?.ID;
    if (id) this.imageId = id;
    if (status) return [status];
    const parts = (this.rest + (stream ?? "")).split("\n");
    this.rest = parts.pop() ?? "";
    return parts.flatMap((line) => this.addLine(line));
  }

  private addLine(line: string): string[] {
    if (/^Step \d+\/\d+ : /.test(line)) {
      this.step = new StepOutput(line);
      this.steps++;
      return [line];
    }
    if (line.includes("---> Using cache")) this.cachedSteps++;
    // Lines of the builder itself (" ---> 1f2e3d", "Removing intermediate container") are no output of the step.
    if (/^ ?--->|^Removing intermediate container/.test(line)) return [];
    return this.step?.add(`${line}\n`) ?? [];
  }

  failedStep(): StepOutput | undefined {
    this.step?.add(this.rest);
    this.rest = "";
    return this.step;
  }
}

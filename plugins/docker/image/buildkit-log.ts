/** Following a BuildKit build: steps run side by side, each with output of its own. */
import type { ProgressMessage } from "../engine/progress";
import { StepOutput, type BuildLog } from "./build-log";
import { decodeStatus, type Vertex } from "./buildkit-status";

export class BuildKitLog implements BuildLog {
  imageId?: string;
  steps = 0;
  cachedSteps = 0;
  private readonly outputs = new Map<string, StepOutput>();
  private readonly announced = new Set<string>();
  private failed?: string;

  add({ id, aux, stream }: ProgressMessage): string[] {
    if (id === "moby.image.id") this.imageId = (aux as { ID: string }).ID;
    if (id !== "moby.buildkit.trace") return stream?.trim() ? [stream.trim()] : [];
    const { vertexes, outputs } = decodeStatus(aux as string);
    return [
      ...vertexes.flatMap((vertex) => this.addVertex(vertex)),
      ...outputs.flatMap(({ vertex, text }) => this.output(vertex).add(text)),
    ];
  }

  private output(digest: string): StepOutput {
    const known = this.outputs.get(digest) ?? new StepOutput(digest);
    this.outputs.set(digest, known);
    return known;
  }

  private addVertex(vertex: Vertex): string[] {
    if (!this.outputs.has(vertex.digest)) this.outputs.set(vertex.digest, new StepOutput(vertex.name));
    // Steps that others depend on fail with them ("context canceled"): the first one is the cause.
    if (vertex.error && !/context canceled/.test(vertex.error)) this.failed ??= vertex.digest;
    const isStep = /^\[(?!internal\])/.test(vertex.name);
    if (!isStep || !vertex.started || this.announced.has(vertex.digest)) return [];
    this.announced.add(vertex.digest);
    this.steps++;
    if (vertex.cached) this.cachedSteps++;
    return [vertex.cached ? `${vertex.name} (cached)` : vertex.name];
  }

  failedStep(): StepOutput | undefined {
    return this.failed === undefined ? undefined : this.outputs.get(this.failed);
  }
}

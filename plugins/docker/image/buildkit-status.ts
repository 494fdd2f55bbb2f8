/** The trace that a BuildKit build answers with: moby.buildkit.v1.StatusResponse, the parts of it that a log needs. */
import { BinaryReader } from "google-protobuf";

export interface Vertex {
  digest: string;
  name: string;
  cached: boolean;
  started: boolean;
  completed: boolean;
  error: string;
}

export interface VertexOutput {
  vertex: string;
  text: string;
}

export interface BuildStatus {
  vertexes: Vertex[];
  outputs: VertexOutput[];
}

/** @param trace base64, as in the `aux` of a "moby.buildkit.trace" message. */
export function decodeStatus(trace: string): BuildStatus {
  const status: BuildStatus = { vertexes: [], outputs: [] };
  readFields(new BinaryReader(trace), {
    1: (reader) => status.vertexes.push(readMessage(reader, readVertex)),
    3: (reader) => status.outputs.push(readMessage(reader, readOutput)),
  });
  return status;
}

type FieldReaders = Record<number, (reader: BinaryReader) => void>;

function readFields(reader: BinaryReader, fields: FieldReaders): void {
  while (reader.nextField() && !reader.isEndGroup()) {
    const read = fields[reader.getFieldNumber()];
    if (read) read(reader);
    else reader.skipField();
  }
}

function readMessage<Message>(reader: BinaryReader, read: (reader: BinaryReader) => Message): Message {
  return read(new BinaryReader(reader.readBytes()));
}

function readVertex(reader: BinaryReader): Vertex {
  const vertex: Vertex = { digest: "", name: "", cached: false, started: false, completed: false, error: "" };
  const note = (field: "started" | "completed") => (inner: BinaryReader) => {
    inner.skipField();
    vertex[field] = true;
  };
  readFields(reader, {
    1: (inner) => (vertex.digest = inner.readString()),
    3: (inner) => (vertex.name = inner.readString()),
    4: (inner) => (vertex.cached = inner.readBool()),
    5: note("started"),
    6: note("completed"),
    7: (inner) => (vertex.error = inner.readString()),
  });
  return vertex;
}

function readOutput(reader: BinaryReader): VertexOutput {
  const output: VertexOutput = { vertex: "", text: "" };
  readFields(reader, {
    1: (inner) => (output.vertex = inner.readString()),
    4: (inner) => (output.text = Buffer.from(inner.readBytes()).toString("utf8")),
  });
  return output;
}

import {
  Asset,
  Archive,
  UNKNOWN,
  type Call,
  type Properties,
  type ResourceDefinition,
} from "../../kit/types";
import { sameValue } from "../../kit/values";
import { text } from "../properties";
import { uniqueId } from "../unique-id";
import { CONNECTION, readConnection } from "./connection";
import { withConnection } from "./dial";
import { copyPath, copyText } from "./upload";
import { openSftp } from "./sftp";

/** command:remote:CopyToRemote: a file or folder, over SFTP. It stays on the server when the resource is deleted. */
export const copyToRemote: ResourceDefinition<undefined> = {
  properties: {
    connection: CONNECTION,
    remotePath: { type: "string", required: true },
    source: { type: "asset", required: true },
    triggers: { type: "list", items: { type: "any" }, onChange: "replace" },
  },
  outputs: {},

  check: (_, inputs) => {
    const source = inputs["source"];
    const reason =
      source === undefined || source === UNKNOWN ? undefined : sourceProblem(source as Asset | Archive);
    return { inputs, failures: reason === undefined ? [] : [{ property: "source", reason }] };
  },

  create: async (call, inputs) => {
    await copy(call, inputs);
    return { id: uniqueId(""), state: inputs };
  },

  update: async (call, { state }, inputs) => {
    const moved = !sameValue(state["remotePath"], inputs["remotePath"]);
    if (moved || !sameValue(state["source"], inputs["source"])) await copy(call, inputs);
    return inputs;
  },
};

function sourceProblem(source: Asset | Archive): string | undefined {
  if (source instanceof Archive)
    return source.source.path === undefined
      ? "an archive must be a FileArchive: a path on this machine"
      : undefined;
  return source.source.uri === undefined ? undefined : "an asset must be a FileAsset or a StringAsset";
}

async function copy(call: Call<undefined>, inputs: Properties): Promise<void> {
  const source = inputs["source"] as Asset | Archive;
  const destination = text(inputs, "remotePath") ?? "";
  const connection = readConnection(inputs);
  call.log("debug", `copying to ${connection.target.host}:${destination}`);
  await withConnection(call, connection, async (client) => {
    const sftp = await openSftp(client);
    const { path } = source.source;
    if (path !== undefined) return copyPath(sftp, path, destination);
    // An empty text is left out on the wire, so that an asset with no content at all is an empty text.
    return copyText(sftp, source instanceof Asset ? (source.source.text ?? "") : "", destination);
  });
}

/** A gallery of editor extensions with one extension, `probe.sample`, on port 9123: a program for Node, beside the extension's files in /tmp. */
export const GALLERY = String.raw`
const { createServer } = require("node:http");
const { execFileSync } = require("node:child_process");
const fs = require("node:fs");

const manifest = { name: "sample", publisher: "probe", version: "1.0.0", engines: { vscode: "^1.60.0" } };
const identity = '<Identity Language="en-US" Id="sample" Version="1.0.0" Publisher="probe"/>';
fs.mkdirSync("/tmp/vsix/extension", { recursive: true });
fs.writeFileSync("/tmp/vsix/extension/package.json", JSON.stringify(manifest));
fs.writeFileSync("/tmp/vsix/extension.vsixmanifest",
  '<?xml version="1.0"?><PackageManifest Version="2.0.0"><Metadata>' + identity + "</Metadata></PackageManifest>");
execFileSync("zip", ["-qr", "/tmp/sample.vsix", "."], { cwd: "/tmp/vsix" });

const address = "http://127.0.0.1:9123";
const file = (assetType) => ({ assetType, source: address + "/asset/" + assetType });
const date = "2026-01-01T00:00:00Z";
const sample = {
  extensionId: "0b5d1f5e-6a27-4d5f-9a6e-0e6d7d6f1a01", extensionName: "sample", displayName: "sample", shortDescription: "",
  publisher: { publisherId: "0b5d1f5e-6a27-4d5f-9a6e-0e6d7d6f1a02", publisherName: "probe", displayName: "probe", flags: "" },
  versions: [{
    version: "1.0.0", lastUpdated: date, assetUri: address + "/asset", fallbackAssetUri: address + "/asset",
    files: [file("Microsoft.VisualStudio.Code.Manifest"), file("Microsoft.VisualStudio.Services.VSIXPackage")],
    properties: [{ key: "Microsoft.VisualStudio.Code.Engine", value: "^1.60.0" }],
  }],
  statistics: [], tags: [], categories: [], flags: "", releaseDate: date, publishedDate: date, lastUpdated: date,
};
const answer = (extensions) => JSON.stringify({ results: [{ extensions, resultMetadata: [] }] });

createServer(async (request, response) => {
  let body = "";
  for await (const part of request) body += part;
  if (request.url.includes("VSIXPackage")) response.end(fs.readFileSync("/tmp/sample.vsix"));
  else if (request.url.includes("Manifest")) response.end(JSON.stringify(manifest));
  else response.end(answer(body.includes("probe.sample") ? [sample] : []));
}).listen(9123);
`;

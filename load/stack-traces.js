/* eslint-disable @typescript-eslint/no-require-imports -- loads TypeScript, so it cannot be TypeScript */
const { SourceMap } = require("node:module");

/**
 * Makes stack traces name the lines of the source. Pulumi takes several traces for every resource (for its position, and for promises
 * that may leak), and the ones of its own runner map each frame anew, which took a third of a run's time.
 * @param mapsByFile source maps as JSON.
 */
module.exports.mapStackTraces = (mapsByFile) => {
  const parsed = new Map();
  const mapOf = (file) => {
    if (!mapsByFile.has(file)) return undefined;
    if (!parsed.has(file)) parsed.set(file, new SourceMap(JSON.parse(mapsByFile.get(file))));
    return parsed.get(file);
  };
  const told = new Map();
  const inSource = (frame) => {
    const text = frame.toString();
    const map = mapOf(frame.getFileName());
    if (map === undefined) return text;
    if (!told.has(text)) told.set(text, text.replace(/:\d+:\d+(?=\)?$)/, positionIn(map, frame)));
    return told.get(text);
  };
  Error.prepareStackTrace = (error, frames) =>
    [Error.prototype.toString.call(error), ...frames.map((frame) => `    at ${inSource(frame)}`)].join("\n");
};

/** Source maps count from 0, traces from 1. */
function positionIn(map, frame) {
  const found = map.findEntry(frame.getLineNumber() - 1, frame.getColumnNumber() - 1);
  return found.originalLine === undefined ? "" : `:${found.originalLine + 1}:${found.originalColumn + 1}`;
}

import type { Decoded } from "./decode";
import type { PropertySpec, Value } from "./types";
import { isObject } from "./values";

const SHORTEST_SECRET = 3;
const SHORTEST_SECRET_LINE = 12;
const REPLACEMENT = "[secret]";

/**
 * Takes secret values out of texts that leave the plugin as log lines or error messages, whoever wrote them: a command that
 * prints its password, or an error that quotes its arguments. Values shorter than three characters are left: they would
 * take half of every text along. So are values that stand openly beside the secret: a bag that is secret as a whole (all inputs
 * of an image) must not hide the name of the thing that failed.
 */
export class Redactor {
  readonly #texts = new Set<string>();
  readonly #open = new Set<string>();

  /** Learns the secrets of properties that came over the wire. */
  learn(decoded: Decoded, specs: Record<string, PropertySpec>): void {
    for (const [name, value] of Object.entries(decoded.values)) {
      if (!decoded.secretNames.has(name)) textsIn(value).forEach((text) => this.#open.add(text));
    }
    for (const [name, values] of decoded.secretValues) {
      const spec = specs[name];
      // A connection is secret as a whole by its schema; its host must stay readable in an error, its password must not.
      if (spec?.secret && hasSecretFields(spec)) this.#learnFields(spec, decoded.values[name]);
      else values.forEach((value) => this.#learnValue(value));
    }
  }

  #learnFields(spec: PropertySpec, value: Value | undefined): void {
    if (!isObject(value)) return;
    for (const [name, field] of Object.entries(spec.fields ?? {})) {
      if (field.secret) this.#learnValue(value[name]);
      else this.#learnFields(field, value[name]);
    }
  }

  #learnValue(value: Value | undefined): void {
    textsIn(value).forEach((text) => this.#learnText(text));
  }

  #learnText(text: string): void {
    if (text.trim().length < SHORTEST_SECRET) return;
    this.#texts.add(text).add(text.trim()).add(JSON.stringify(text).slice(1, -1));
    // Logs come line by line, so each line of a key file must be known by itself.
    const lines = text.split(/\r?\n/).filter((line) => !line.startsWith("-----"));
    lines
      .filter((line) => line.trim().length >= SHORTEST_SECRET_LINE)
      .forEach((line) => this.#texts.add(line));
  }

  apply(text: string): string {
    const hidden = [...this.#texts].filter((secret) => !this.#open.has(secret));
    const longestFirst = hidden.sort((left, right) => right.length - left.length);
    return longestFirst.reduce((result, secret) => result.split(secret).join(REPLACEMENT), text);
  }
}

function textsIn(value: Value | undefined): string[] {
  if (Array.isArray(value)) return value.flatMap(textsIn);
  if (isObject(value)) return Object.values(value).flatMap(textsIn);
  return typeof value === "string" || typeof value === "number" ? [String(value)] : [];
}

function hasSecretFields(spec: PropertySpec): boolean {
  return Object.values(spec.fields ?? {}).some((field) => field.secret || hasSecretFields(field));
}

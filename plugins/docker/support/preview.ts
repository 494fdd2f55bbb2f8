/** What a preview can tell of values that the engine chooses where the program leaves them open. */
import { UNKNOWN, type Properties, type ResourceState } from "../../kit/types";

/** Before creation they are unknown; an update in place keeps them. */
export function chosenByEngine(
  names: readonly string[],
): (inputs: Properties, old: ResourceState | undefined) => Properties {
  return (inputs, old) =>
    Object.fromEntries(
      names
        .filter((name) => inputs[name] === undefined || inputs[name] === null)
        .map((name) => [name, old?.state[name] ?? UNKNOWN]),
    );
}

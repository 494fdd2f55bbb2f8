/** Building belongs to docker.Image: the other image resources of the official plugin have a second way, which this has not. */
import type { CheckFailure, Properties } from "../../kit/types";

export function refuseBuild(inputs: Properties): CheckFailure[] {
  if (inputs.build === undefined || inputs.build === null) return [];
  return [
    {
      property: "build",
      reason: "this stand-in plugin builds with docker.Image only: build there, and use its imageName here",
    },
  ];
}

import type { CloudContainerFacts, CloudDoorFacts, CloudGroupFacts } from "./cloud-facts";
import { judge, type Finding, type Known, type Rule } from "./finding";
import { imageProblems } from "./image-rules";

/** Each container's own findings, named by it. */
function each(
  { containers }: CloudGroupFacts,
  findings: (container: CloudContainerFacts) => Finding[],
): Finding[] {
  return typeof containers === "symbol"
    ? [{ kind: "later", property: "containers" }]
    : containers.flatMap(findings);
}

export const cloudContainers: Rule<CloudGroupFacts> = {
  name: "cloud-containers",
  description:
    "A container in the cloud asks for CPU and memory, which are its limits, gets no further rights, and runs the image that its environment takes.",
  check: (group, environment) =>
    each(group, ({ name, image, cpus, memoryGb, raised }) => [
      ...judge(`containers.${name}.image`, image, (reference) =>
        imageProblems(environment, reference).map((problem) => `container ${name}: ${problem}`),
      ),
      ...limited(name, "cpu", cpus),
      ...limited(name, "memoryInGB", memoryGb),
      ...judge(`containers.${name}.securityContext`, raised, (given) =>
        given
          ? [
              `container ${name} asks for further rights: remove privileged, allowPrivilegeEscalation and capabilities.add`,
            ]
          : [],
      ),
    ]),
};

function limited(name: string, key: string, value: Known<number | undefined>): Finding[] {
  return judge(`containers.${name}.resources.requests.${key}`, value, (given) =>
    given !== undefined && given > 0 ? [] : [`container ${name} has no limit: set resources.requests.${key}`],
  );
}

export const cloudDoors: Rule<CloudDoorFacts> = {
  name: "cloud-doors",
  description:
    "Storage accounts and registries in the cloud let nobody in without a key or a right, and speak TLS 1.2 or later alone.",
  check: ({ doors }) =>
    doors.flatMap(({ property, open }) =>
      judge(property, open, (isOpen) => (isOpen ? [`${property} leaves it open: remove it`] : [])),
    ),
};

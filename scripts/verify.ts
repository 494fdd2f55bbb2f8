// `make verify`: a consumer of the stack's outputs: checks that what they name really runs, answers and is not about to expire.
import { X509Certificate } from "node:crypto";
import { createContainerShell } from "../services/provision/container-shell";
import { look } from "../services/provision/settle";
import { probe } from "./lib/http-probe";
import { outputsSchema, type Outputs } from "./lib/outputs";
import { stackOutputs } from "./lib/stack";
import { connectStackEngine } from "./lib/stack-engine";
import { environmentArgument, main } from "./lib/steps";
import { table } from "./lib/table";

type Finding = [subject: string, expected: string, ok: boolean, found: string];

async function containerFindings(outputs: Outputs): Promise<Finding[]> {
  const { docker } = await connectStackEngine(outputs.environment);
  const names = [...Object.values(outputs.serviceContainers), ...Object.values(outputs.appContainers)];
  return Promise.all(
    names.map(async (name): Promise<Finding> => {
      const details = await docker
        .getContainer(name)
        .inspect()
        .catch((error: Error) => error);
      if (details instanceof Error) return [name, "healthy", false, details.message];
      const { problem = "healthy" } = await look(docker, createContainerShell(docker, name));
      const attached =
        outputs.networkName in details.NetworkSettings.Networks || details.HostConfig.NetworkMode === "none";
      return [name, "healthy, on the stack's network or on none", problem === "healthy" && attached, problem];
    }),
  );
}

async function urlFindings(outputs: Outputs): Promise<Finding[]> {
  return Promise.all(
    Object.values(outputs.appUrls).map(async (url): Promise<Finding> => {
      const status = await probe(url, outputs.proxyUrl).catch((error: Error) => error.message);
      return [url, "200", status === 200, String(status)];
    }),
  );
}

function certificateFindings(outputs: Outputs): Finding[] {
  const authority = new X509Certificate(outputs.caCertPem);
  const expiries = Object.entries(outputs.certificateExpiry).map(([name, expiry]): Finding => [
    `certificate ${name}`,
    "not expired",
    new Date(expiry) > new Date(),
    expiry,
  ]);
  return [
    ["caCertPem", "a CA certificate", authority.ca, authority.subject.replaceAll("\n", ", ")],
    ...expiries,
  ];
}

main(async () => {
  const outputs = outputsSchema.parse(await stackOutputs(environmentArgument()));
  const findings = [
    ...(await containerFindings(outputs)),
    ...(await urlFindings(outputs)),
    ...certificateFindings(outputs),
  ];
  const rows = findings.map(([subject, expected, ok, found]) => [
    ok ? "ok" : "FAIL",
    subject,
    expected,
    found,
  ]);
  process.stdout.write(`${table(["", "subject", "expected", "found"], rows)}\n`);
  const failures = findings.filter(([, , ok]) => !ok);
  if (failures.length > 0) throw new Error(`${failures.length} of ${findings.length} outputs do not hold`);
});

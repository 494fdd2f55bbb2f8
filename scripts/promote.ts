// `make promote APP=shop TO=tst|pro`: brings the very image into the registry and records its digest; nothing is built.
import { ConfigFile } from "./lib/config-file";
import { main, step } from "./lib/steps";
import { table } from "./lib/table";
import { connectEngine, devScope, devSettings } from "./promote-parts/dev-settings";
import { promote, type Promoted } from "./promote-parts/promote";
import { appsInTst, builtEnvironment, selectImageUsers, serviceRoles } from "./promote-parts/selection";
import { registryOf } from "./promote-parts/stack-registry";

/** Of the engine's progress only what is said once. */
function showLine(line: string): void {
  if (!/: (Pushing|Preparing|Waiting|Downloading|Extracting|Verifying)/.test(line))
    process.stderr.write(`  ${line}\n`);
}

function report(to: string, choice: string, promoted: Promoted[]): string {
  const rows = promoted.map(({ user, image, changed }) => [
    user.name,
    changed ? "promoted" : "unchanged",
    image,
  ]);
  const next = [`make up ENV=${to}`];
  if (to === "tst") next.push(`make promote APP=${choice} TO=pro`);
  for (const { user, changed, previousImage } of promoted)
    if (changed && previousImage !== undefined)
      next.push(`make rollback APP=${user.name} ENV=${to}    (back to what ran before)`);
  const recorded = promoted.some(({ changed }) => changed)
    ? `recorded in Pulumi.${to}.yaml: commit it`
    : `Pulumi.${to}.yaml names these images already: nothing was changed`;
  return `${table(["what", "", "image"], rows)}\n\n${recorded}\nnext:\n${next.map((line) => `  ${line}\n`).join("")}`;
}

main(async () => {
  const to = builtEnvironment("TO", process.env.TO || undefined);
  const choice = process.env.APP || undefined;
  const dev = ConfigFile.read("dev");
  const settings = devSettings(dev);
  const chosen = selectImageUsers(choice, dev.apps(), serviceRoles(ConfigFile.read(to)));
  const users = choice === "all" && to === "pro" ? appsInTst(chosen, ConfigFile.read("tst")) : chosen;
  const registry = await registryOf(to);
  // What tst runs may be in another registry than pro's.
  const source = to === "pro" ? [await registryOf("tst")] : [];
  const engine = await connectEngine(settings, [...source, registry]);
  const promoted = await step(`promote to ${to}, by registry ${registry.address}`, () =>
    promote({
      ...{ to, users, engine, registry },
      scope: devScope(settings),
      tag: process.env.TAG || "latest",
      onLine: showLine,
    }),
  );
  process.stdout.write(report(to, choice ?? "", promoted));
});

// `make promote APP=shop TO=tst|pro`: brings the very image into the registry and records its digest; nothing is built.
import { main } from "./lib/steps";
import { table } from "./lib/table";
import type { Promoted } from "./promote-parts/promote";
import { promoteByName } from "./promote-parts/promote-by-name";
import { builtEnvironment } from "./promote-parts/selection";

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
  const promoted = await promoteByName({
    ...{ to, choice },
    tag: process.env.TAG || "latest",
    command: `make promote APP=${choice ?? ""} TO=${to}`,
  });
  process.stdout.write(report(to, choice ?? "", promoted));
});

// `make build APP=shop`: builds what tst and pro run, on dev's engine. `APP=all` builds every app of Pulumi.dev.yaml.
import { ConfigFile } from "./lib/config-file";
import { main, step } from "./lib/steps";
import { buildApp } from "./promote-parts/build-app";
import { connectEngine, devSettings } from "./promote-parts/dev-settings";
import { selectApps } from "./promote-parts/selection";

main(async () => {
  const file = ConfigFile.read("dev");
  const settings = devSettings(file);
  const apps = selectApps(process.env.APP || undefined, file.apps());
  const tag = process.env.TAG || "latest";
  const engine = await connectEngine(settings);
  for (const app of apps) {
    const name = await step(`build ${app.manifest.name}`, () =>
      buildApp(engine, settings, app, { tag, onLine: (line) => process.stderr.write(`  ${line}\n`) }),
    );
    process.stdout.write(`${name}\nnext: make promote APP=${app.manifest.name} TO=tst\n`);
  }
});

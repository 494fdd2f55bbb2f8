import * as fs from "node:fs";
import * as path from "node:path";
import { editorCommand, hasEditor } from "../editor/config";
import type { Workspace } from "../workspace";
import { askEditor, AskedPorts, askSsh } from "./ask";
import { Service } from "./service";

/** The programs that this image has and that always run. */
export function services(workspace: Workspace): Service[] {
  const { paths } = workspace;
  return [
    ...(fs.existsSync(paths.sshd) ? [sshd(workspace)] : []),
    ...(hasEditor(workspace) ? [editor(workspace)] : []),
  ];
}

function sshd({ paths, options, environment, log }: Workspace): Service {
  const asked = new AskedPorts();
  // For fail2ban, which reads files.
  fs.mkdirSync(paths.log, { recursive: true });
  const file = path.join(paths.log, "sshd.log");
  return new Service(
    {
      name: "sshd",
      program: { command: [paths.sshd, "-D", "-e", "-f", paths.sshdConfig], environment, folder: "/" },
      onLine: (line) => {
        if (line.trim() === "" || asked.isAbout(line)) return;
        log.info("sshd", line.trim());
        fs.appendFileSync(file, `${new Date().toISOString()} sshd: ${log.redacted(line)}\n`);
      },
      ask: () => askSsh(options.sshPort, asked),
    },
    log,
  );
}

function editor(workspace: Workspace): Service {
  const { paths, options, environment, log } = workspace;
  return new Service(
    {
      name: "editor",
      program: { command: editorCommand(workspace), environment, folder: paths.projects },
      onLine: (line) => log.info("editor", line.trim()),
      ask: () => askEditor(options.editorPort),
    },
    log,
  );
}

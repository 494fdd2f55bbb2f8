/** The bundle of services/provision, from the project's root: where `make` puts it and where a plain `pulumi up` finds it. */
const BUNDLE = ".berth/build/provision.js";

/** The command line of one provisioning step. `words` holds checked names only, never a secret: those go in on standard input. */
export function provisioner(words: string): string {
  return `node ${BUNDLE} ${words}`;
}

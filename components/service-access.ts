import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { EngineAddress } from "../config/engine-address";
import { engineVariables } from "./hardened-container";
import { provisioner } from "./provisioning";
import type { ServiceContainer } from "./service-container";

/** What an app needs to use a shared service. */
export interface ServiceAccess {
  /** Connection URL with the app's own password; secret. */
  url: pulumi.Output<string>;
  /** The step that gave the access: the app's container must wait for it. */
  granted: pulumi.Resource;
}

export interface ServiceAccessArgs {
  engine: EngineAddress;
  service: ServiceContainer;
  /** What services/provision is to do, without the container; checked names only. */
  words: string;
  /** Secret. */
  password: pulumi.Output<string>;
  /** The connection URL for the service's host name and the password. */
  url: (host: string, password: string) => string;
}

/** Gives an app its own account on a shared service. Removing it later closes the login and keeps the data. */
export function grantAccess(name: string, args: ServiceAccessArgs, parent: pulumi.Resource): ServiceAccess {
  const { service, password } = args;
  const words = service.containerName.apply((container) => `${args.words} --container ${container}`);
  const granted = new command.local.Command(
    name,
    {
      create: words.apply(provisioner),
      delete: words.apply((all) => provisioner(`${all} --remove`)),
      stdin: pulumi.secret(pulumi.jsonStringify({ password })),
      environment: engineVariables(args.engine),
      triggers: [service.containerId],
      logging: "none",
    },
    // The removal of the old step must not close the login that the new one opened.
    { parent, deleteBeforeReplace: true },
  );
  const url = pulumi.all([service.containerName, password]).apply(([host, secret]) => args.url(host, secret));
  return { url: pulumi.secret(url), granted };
}

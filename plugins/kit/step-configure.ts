import {
  ConfigureResponse,
  type CheckRequest,
  type CheckResponse,
  type ConfigureRequest,
  type DiffRequest,
  type DiffResponse,
} from "@pulumi/pulumi/proto/provider_pb";

import type { CallScope } from "./calls";
import { checkProperties } from "./check";
import { decodeProperties } from "./decode";
import { diffProperties } from "./diff";
import { RefusedError } from "./errors";
import type { PluginHost } from "./host";
import { ownSettings, readSettings } from "./provider-settings";
import { secretInputNames } from "./secret-outputs";
import { checkResponse } from "./step-check";
import { diffResponse } from "./step-diff";

/** CheckConfig: refuses wrong provider configuration and hands it back in the form it came in. */
export function checkConfig<Client>(
  host: PluginHost<Client>,
  request: CheckRequest,
  scope: CallScope,
): CheckResponse {
  const { config } = host.definition;
  const given = decodeProperties(request.getNews());
  scope.redactor.learn(given, config);
  const { failures } = checkProperties(
    config,
    readSettings(config, ownSettings(given.values)),
    `the provider ${host.definition.name}`,
  );
  const secretNames = secretInputNames(config, given.secretNames);
  return checkResponse({ inputs: given.values, failures }, secretNames, (text) => scope.redactor.apply(text));
}

/** DiffConfig: what a changed provider configuration means for the provider resource. */
export function diffConfig<Client>(host: PluginHost<Client>, request: DiffRequest): DiffResponse {
  const { config } = host.definition;
  const old = readSettings(config, decodeProperties(request.getOldInputs()).values);
  const next = readSettings(config, decodeProperties(request.getNews()).values);
  return diffResponse(diffProperties(config, old, next), { inputs: [old, next], deleteBeforeReplace: false });
}

/** Configure: makes the client that all later calls use. @throws RefusedError naming every wrong setting. */
export async function configure<Client>(
  host: PluginHost<Client>,
  request: ConfigureRequest,
  scope: CallScope,
): Promise<ConfigureResponse> {
  host.announce(request.getUrn() ?? "");
  const { config, name } = host.definition;
  const given = decodeProperties(request.getArgs());
  scope.redactor.learn(given, config);
  const settings = readSettings(config, ownSettings(given.values));
  const { inputs, failures } = checkProperties(config, settings, `the provider ${name}`);
  if (failures.length > 0) throw new RefusedError(failures.map((failure) => failure.reason).join("\n"));
  await host.configure(Promise.resolve(host.definition.configure(inputs)));

  const response = new ConfigureResponse();
  response.setAcceptsecrets(true);
  response.setAcceptresources(true);
  response.setSupportspreview(true);
  return response;
}

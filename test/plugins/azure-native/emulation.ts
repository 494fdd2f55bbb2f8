import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Cloud } from "../../../plugins/azure-native/cloud/cloud";
import { RecordStore } from "../../../plugins/azure-native/cloud/record-store";
import { definition } from "../../../plugins/azure-native/definition";
import { startPlugin, type PluginClient } from "../../support/plugin-client";

export const SUBSCRIPTION = "00000000-0000-0000-0000-000000000000";

/** The emulation with an empty subscription, and without an engine: what is a record and no more needs none. */
export async function startEmulation(): Promise<PluginClient> {
  const folder = mkdtempSync(join(tmpdir(), "btest-azure-"));
  const cloud = {
    ...{ subscriptionId: SUBSCRIPTION, tenantId: "tenant" },
    records: new RecordStore(folder),
    engine: undefined as never,
  } satisfies Cloud;
  const plugin = await startPlugin({ ...definition, configure: () => cloud });
  const closePlugin = plugin.close;
  const close = async (): Promise<void> => {
    await closePlugin();
    rmSync(folder, { recursive: true });
  };
  return Object.assign(plugin, { close });
}

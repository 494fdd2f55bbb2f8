import type { FastifyInstance } from "fastify";
import { createVolume, extendVolume, updateVolume } from "./bodies";
import type { FakeFly } from "./fake-fly";
import { hex, Refusal, type FakeVolume } from "./state";

type InApp = { Params: { app: string } };
type OfVolume = { Params: { app: string; volume: string } };

export function volumeRoutes(server: FastifyInstance, fly: FakeFly): void {
  const volumeOf = ({ app, volume }: OfVolume["Params"]): FakeVolume => {
    const found = fly.app(app).volumes.find(({ id }) => id === volume);
    if (!found || found.state === "destroyed") throw new Refusal(404, "volume not found");
    return found;
  };

  server.get<InApp>("/apps/:app/volumes", ({ params }) => fly.app(params.app).volumes);
  server.get<OfVolume>("/apps/:app/volumes/:volume", ({ params }) => volumeOf(params));

  server.post<InApp>("/apps/:app/volumes", ({ params, body }) => {
    const { name, region, size_gb, encrypted, snapshot_retention, auto_backup_enabled } =
      createVolume.parse(body);
    if (!fly.behaviour.regions.includes(region)) throw new Refusal(422, `region ${region} not found`);
    const volume: FakeVolume = {
      ...{ id: `vol_${hex(8)}`, name, region, size_gb, encrypted, snapshot_retention, auto_backup_enabled },
      ...{ state: "creating", attached_machine_id: null },
    };
    fly.app(params.app).volumes.push(volume);
    setTimeout(() => (volume.state = "created"), fly.behaviour.stepMs);
    return volume;
  });

  server.put<OfVolume>("/apps/:app/volumes/:volume", ({ params, body }) =>
    Object.assign(volumeOf(params), updateVolume.parse(body)),
  );

  server.put<OfVolume>("/apps/:app/volumes/:volume/extend", ({ params, body }) => {
    const volume = volumeOf(params);
    const { size_gb } = extendVolume.parse(body);
    if (size_gb < volume.size_gb) throw new Refusal(422, "volumes cannot be shrunk");
    volume.size_gb = size_gb;
    return { volume, needs_restart: volume.attached_machine_id !== null };
  });

  server.delete<OfVolume>("/apps/:app/volumes/:volume", ({ params }) => {
    const volume = volumeOf(params);
    if (volume.attached_machine_id)
      throw new Refusal(412, `volume is attached to machine ${volume.attached_machine_id}`);
    volume.state = "pending_destroy";
    setTimeout(() => (volume.state = "destroyed"), fly.behaviour.stepMs);
    return volume;
  });
}

/** By what names the container is known, and what it is made of. */
import * as spec from "../../support/spec";
import * as read from "../../support/values";
import type { Aspect } from "../aspect";

export const identityAspect: Aspect = {
  properties: spec.replacing({
    name: spec.text(),
    image: spec.text({ required: true }),
    platform: spec.text(),
    hostname: spec.text(),
    domainname: spec.text(),
    labels: spec.labels(),
  }),

  toRequest(inputs, request) {
    request.name = read.requiredText(inputs, "name");
    request.Image = read.requiredText(inputs, "image");
    request.platform = read.filledText(inputs, "platform");
    request.Hostname = read.filledText(inputs, "hostname");
    request.Domainname = read.filledText(inputs, "domainname");
    request.Labels = read.labels(inputs);
  },

  fromEngine(found, image, asked) {
    const fromImage = image?.Config.Labels ?? {};
    const askedLabels = read.labels(asked);
    const own = Object.entries(found.Config.Labels ?? {}).filter(
      ([label, value]) => label in askedLabels || fromImage[label] !== value,
    );
    return read.defined({
      name: found.Name.replace(/^\//, ""),
      image: found.Config.Image,
      // The engine names a container after its id where nobody did.
      hostname: found.Id.startsWith(found.Config.Hostname) ? undefined : found.Config.Hostname,
      domainname: found.Config.Domainname || undefined,
      labels: read.labelList(Object.fromEntries(own)),
    });
  },
};

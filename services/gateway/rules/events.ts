import { isObject, labelsOf, type Json } from "./answers";
import { isOwnTag } from "./images";
import type { Ownership } from "./ownership";

/** What may be known of a shared container: that it came, went, and how it fares. Commands that others run in it may hold secrets. */
const SHARED_ACTIONS =
  /^(create|start|restart|stop|die|kill|oom|pause|unpause|destroy|health_status(: \w+)?)$/;

/** An event as the caller may see it; undefined where it is about another's object. */
export function shownEvent(ownership: Ownership, event: Json): Json | undefined {
  const actor = isObject(event["Actor"]) ? event["Actor"] : {};
  const attributes = labelsOf(actor["Attributes"]);
  const id = String(actor["ID"]);
  switch (event["Type"]) {
    case "container":
      if (ownership.permits("operate", attributes)) return event;
      return ownership.permits("read", attributes) && SHARED_ACTIONS.test(String(event["Action"]))
        ? event
        : undefined;
    case "image":
      return ownership.permits("own", attributes) ||
        isOwnTag(ownership, attributes["name"] ?? "") ||
        isOwnTag(ownership, id)
        ? event
        : undefined;
    case "network":
      if (!ownership.isOwnName(attributes["name"] ?? "")) return undefined;
      return {
        ...event,
        Actor: { ...actor, Attributes: { ...attributes, name: ownership.shown(attributes["name"] ?? "") } },
      };
    case "volume":
      return ownership.isOwnName(id) ? { ...event, Actor: { ...actor, ID: ownership.shown(id) } } : undefined;
    default:
      return undefined;
  }
}

import { z } from "zod";
import { findCheckout } from "../operator/checkout";
import { drive } from "../operator/drive";
import type { Check } from "./check";
import { ok } from "./finding";

const states = z.array(z.object({ service: z.string(), container: z.string(), state: z.string() }));

/** Pulumi's state against reality, for whoever has the checkout: what the stack's outputs name, asked of the engine. */
export const stackState: Check = {
  name: "stack",
  async look({ flags }) {
    const checkout = findCheckout(flags);
    if (checkout === undefined) return { state: "skipped", what: "needs the operator's checkout" };
    const services = states.parse(await drive(checkout, { action: "services", environment: "dev" }));
    const wrong = services.filter(({ state }) => state !== "healthy");
    if (wrong.length === 0) return ok(`${services.length} containers of Pulumi's state run and are healthy`);
    return {
      state: "fail",
      what: wrong.map(({ container, state }) => `${container}: ${state}`).join("; "),
      fix: "berth up-infra brings state and engine together; after a killed one: make recover",
    };
  },
};

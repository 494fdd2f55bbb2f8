/** Entry of the tls plugin: pulumi-resource-tls. */
import { servePlugin } from "../kit/serve";
import { definition } from "./definition";

void servePlugin(definition);

/** Entry of the docker plugin: pulumi-resource-docker. */
import { servePlugin } from "../kit/serve";
import { definition } from "./definition";

void servePlugin(definition);

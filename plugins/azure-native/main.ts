/** Entry of the emulation that stands in for pulumi-resource-azure-native. */
import { servePlugin } from "../kit/serve";
import { definition } from "./definition";

void servePlugin(definition);

import { servePlugin } from "../kit/serve";
import { commandPlugin } from "./plugin";

void servePlugin(commandPlugin);

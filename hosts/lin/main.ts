/** The device program's start in Moddable's simulator for Linux. */

import app from "app";
import { run } from "../../src/run.js";
import { simulatorHost } from "./host.js";

export default function start(): void {
	run(simulatorHost(), app);
}

/** The device program's start in Moddable's simulator for Linux. */

import app from "app";
import { run } from "../../src/run.js";
import { installAbortHook } from "../moddable/abort.js";
import { Connections } from "../moddable/connection.js";
import { ModdableCrypto } from "../moddable/crypto.js";
import { GuardedHTTPClient } from "../moddable/http.js";
import { GuardedTimer } from "../moddable/timer.js";
import { SimulatorBoot } from "./boot.js";
import { MachineClock } from "./clock.js";
import { FileFlashStorage } from "./flash.js";
import { FileKeyValueStorage } from "./key-value.js";
import { TerminalSerial } from "./serial.js";
import { SimulatorSystem } from "./system.js";
import { MachineNetwork } from "./wifi.js";

/** The simulator has made its folder the current one; `loader.c` has the same names. */
const consolePath = "./console";
const restartedPath = "./restarted";

export default function start(): void {
	const system = new SimulatorSystem();
	const connections = new Connections();
	const http = { io: GuardedHTTPClient, system, connections };
	installAbortHook(system, connections);
	run(
		{
			serial: { io: TerminalSerial, system, device: consolePath },
			network: { wifi: { io: MachineNetwork }, http, https: http },
			keyValue: new FileKeyValueStorage("./nvs"),
			flash: new FileFlashStorage("./nextota"),
			boot: new SimulatorBoot(restartedPath),
			timer: new GuardedTimer(system),
			clock: new MachineClock(),
			crypto: new ModdableCrypto(),
			system,
		},
		app,
	);
}

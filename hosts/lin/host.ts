/** What Moddable's simulator for Linux is to the device program. */

import type { Host } from "../../src/host.js";
import { installAbortHook } from "../moddable/abort.js";
import { Connections } from "../moddable/connection.js";
import { ModdableCrypto } from "../moddable/crypto.js";
import { GuardedHTTPClient, GuardedHTTPSClient } from "../moddable/http.js";
import { MachineResolver, NoPing } from "../moddable/lookup.js";
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

export function simulatorHost(): Host {
	const system = new SimulatorSystem();
	const clock = new MachineClock();
	const connections = new Connections();
	const crypto = new ModdableCrypto();
	const http = { io: GuardedHTTPClient, system, connections, clock, crypto };
	const https = { ...http, io: GuardedHTTPSClient };
	installAbortHook(system, connections);
	return {
		serial: { io: TerminalSerial, system, device: consolePath },
		network: {
			wifi: { io: MachineNetwork },
			http,
			https,
			dns: { io: MachineResolver, system },
			ping: { io: NoPing },
		},
		keyValue: new FileKeyValueStorage("./nvs"),
		flash: new FileFlashStorage("./nextota"),
		boot: new SimulatorBoot(restartedPath),
		timer: new GuardedTimer(system, clock),
		clock,
		crypto,
		system,
	};
}

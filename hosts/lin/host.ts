/** What Moddable's simulator for Linux is to the device program. */

import type { Host } from "../../src/host.js";
import { ModdableCrypto } from "../moddable/crypto.js";
import { hostParts } from "../moddable/host-parts.js";
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
	const wifi = { io: MachineNetwork };
	return {
		...hostParts(wifi, system, new MachineClock(), new ModdableCrypto()),
		serial: { io: TerminalSerial, system, device: consolePath },
		keyValue: new FileKeyValueStorage("./nvs"),
		flash: new FileFlashStorage("./nextota"),
		boot: new SimulatorBoot(restartedPath),
	};
}

/** The device program's start on an ESP32. */

import app from "app";
import { run } from "../../src/run.js";
import { installAbortHook } from "../moddable/abort.js";
import { Connections } from "../moddable/connection.js";
import { GuardedHTTPClient, GuardedHTTPSClient } from "../moddable/http.js";
import { MachineResolver, NoPing } from "../moddable/lookup.js";
import { GuardedTimer } from "../moddable/timer.js";
import { ChipBoot } from "./boot.js";
import { Chip } from "./chip.js";
import { ChipClock } from "./clock.js";
import { ChipCrypto } from "./crypto.js";
import { ChipFlashStorage } from "./flash.js";
import { NvsStorage } from "./key-value.js";
import { ChipSerial } from "./serial.js";
import { ChipSystem } from "./system.js";
import { ChipWiFi } from "./wifi.js";

export default function start(): void {
	const chip = new Chip();
	const system = new ChipSystem(chip);
	const clock = new ChipClock(chip);
	const connections = new Connections();
	const crypto = new ChipCrypto(chip);
	const http = { io: GuardedHTTPClient, system, connections, clock, crypto };
	const https = { ...http, io: GuardedHTTPSClient };
	installAbortHook(system, connections);
	run(
		{
			serial: { io: ChipSerial, system, chip },
			network: {
				wifi: { io: ChipWiFi, system, chip },
				http,
				https,
				dns: { io: MachineResolver, system },
				ping: { io: NoPing },
			},
			keyValue: new NvsStorage(chip),
			flash: new ChipFlashStorage(chip),
			boot: new ChipBoot(chip),
			timer: new GuardedTimer(system, clock),
			clock,
			crypto,
			system,
		},
		app,
	);
}

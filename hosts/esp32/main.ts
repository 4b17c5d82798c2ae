/** The device program's start on an ESP32. */

import app from "app";
import { run } from "../../src/run.js";
import { hostParts } from "../moddable/host-parts.js";
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
	const system = new ChipSystem();
	const wifi = { io: ChipWiFi, system, chip };
	run(
		{
			...hostParts(wifi, system, new ChipClock(), new ChipCrypto(chip)),
			serial: { io: ChipSerial, system, chip },
			keyValue: new NvsStorage(chip),
			flash: new ChipFlashStorage(chip),
			boot: new ChipBoot(),
		},
		app,
	);
}

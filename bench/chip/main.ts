#!/usr/bin/env node
/** `npm run chip`: the firmware in an emulated ESP32-C3, against our own service. */

import { mkdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { runMain } from "../../hosts/command/main-program.js";
import { checkIdf, findSdk } from "../../hosts/moddable/tools/sdk.js";
import { table } from "../benchmark.js";
import { staticBytesOf } from "./elf.js";
import { Emulator, whyNotQemu } from "./emulator.js";
import { buildFirmware, type Firmware, flashOf, readFirmware, versions } from "./firmware.js";
import { type ChipFigures, keepChipFigures } from "./kept.js";

/** For what a run makes, unless `--work` says another. */
const workFolder = fileURLToPath(new URL("../../chip", import.meta.url));

/** A TLS session and a scan of the radio at a time want about so much of ESP-IDF's heap. */
const freeHeapMinimumBytes = 20_480;

function usage(invocation: string): string {
	return `${invocation} --qemu PATH   runs the firmware in an emulated ESP32-C3

It builds the firmware with an Ethernet in the radio's place, boots it, and makes the whole way
against a service of its own: blank to active, an update with power cut in it, and one that goes
back. The figures are kept in bench/chip.json: npm run bench -- chip

  --qemu PATH       a qemu-system-riscv32 with the machine esp32c3
  --firmware DIR    firmware that was built before: DIR/${versions.old} and DIR/${versions.new} have
                    bootloader.bin, partition-table.bin, ota_data_initial.bin, xs_esp32.bin, .elf
  --host ADDRESS    of this machine, as QEMU's network shows it to the chip (default: 10.0.2.2)
  --work DIR        for what it builds and the chip's flash (default: build/chip)
  --keep-nothing    leaves bench/chip.json as it is
  --version, --help

Environment:
  MODDABLE          where the Moddable SDK is
  IDF_PATH          where ESP-IDF is`;
}

await runMain({
	name: "opendms-chip",
	scripts: ["chip"],
	usage,
	async run(invocation) {
		const { values } = parseArgs({
			options: {
				qemu: { type: "string" },
				firmware: { type: "string" },
				host: { type: "string", default: "10.0.2.2" },
				work: { type: "string", default: workFolder },
				"keep-nothing": { type: "boolean", default: false },
			},
		});
		const { qemu, firmware } = values;
		if (qemu === undefined) throw new Error("Say where QEMU is: " + invocation + " --qemu PATH");
		const why = whyNotQemu(qemu);
		if (why !== undefined) throw new Error(why);
		const work = resolve(values.work);
		const both = firmware === undefined ? await build(work) : readBoth(firmware);
		const figures = await measure(qemu, both, values.host, join(work, "run"));
		if (!values["keep-nothing"]) keepChipFigures(figures);
		if (figures.smallestFreeHeapBytes < freeHeapMinimumBytes) {
			throw new Error("Less than " + freeHeapMinimumBytes + " bytes of heap were free at times.");
		}
	},
});

async function measure(
	qemu: string,
	[first, second]: Both,
	host: string,
	folder: string,
): Promise<ChipFigures> {
	// A service is much to load for who has yet to hear what is missing.
	const { journey } = await import("./journey.js");
	rmSync(folder, { recursive: true, force: true });
	mkdirSync(folder, { recursive: true });
	const emulator = await Emulator.open(qemu, folder, flashOf(first));
	const meters = await journey(emulator, second.image, host, (line) => console.log(line));
	const { unusedStackBytes, instructions, ...heap } = meters;
	const figures = {
		imageBytes: first.image.length,
		staticBytes: staticBytesOf(first.elf),
		...heap,
	};
	console.log("\n" + table([...Object.entries(figures), ["unusedStackBytes", unusedStackBytes]]));
	console.log("instructions\n" + table(Object.entries(instructions)));
	return { ...figures, measured: new Date().toISOString().slice(0, 10), instructions };
}

type Both = readonly [first: Firmware, second: Firmware];

async function build(folder: string): Promise<Both> {
	const sdk = findSdk();
	checkIdf(sdk);
	const { platformKeys } = await import("../../test/update/publisher.js");
	const { publicKey } = platformKeys;
	console.log("building the firmware twice, which takes minutes");
	return [
		buildFirmware(sdk, folder, versions.old, publicKey),
		buildFirmware(sdk, folder, versions.new, publicKey),
	];
}

function readBoth(folder: string): Both {
	return [readFirmware(resolve(folder, versions.old)), readFirmware(resolve(folder, versions.new))];
}

/** Puts firmware onto a chip of Espressif's, by the loader in its ROM. */

import { md5 } from "@noble/hashes/legacy.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { ESPLoader, Transport } from "esptool-js";
import type { FactoryImage } from "./service.js";
import { SetupError, sentenceOf } from "./setup-error.js";

/** As the loader begins: another rate opens the port anew, which resets some boards. */
const baudrate = 115_200;
/** How long the reset line is held: esptool's own time. */
const resetMilliseconds = 100;

const silent = { clean: () => undefined, writeLine: () => undefined, write: () => undefined };

export interface Flashing extends FactoryImage {
	readonly platform: string;
	/** All of the image. */
	readonly content: Uint8Array;
	/** Hears how much is done, from 0 to 1. */
	onProgress(share: number): void;
}

/** Writes the image's parts, has the chip compare them, and starts it. The port is closed after. */
export async function flash(port: SerialPort, image: Flashing): Promise<void> {
	const transport = new Transport(port);
	try {
		const loader = new ESPLoader({ transport, baudrate, romBaudrate: baudrate, terminal: silent });
		await reachLoader(loader);
		requireChip(loader.chip.CHIP_NAME, image.platform);
		await write(loader, image);
	} finally {
		await restart(port).catch(() => undefined);
		await transport.disconnect().catch(() => undefined);
	}
}

async function reachLoader(loader: ESPLoader): Promise<void> {
	try {
		await loader.main();
	} catch {
		throw new SetupError(
			"The chip's loader doesn't answer. Hold the board's BOOT button, press Again, and let go " +
				"when writing begins.",
		);
	}
}

function requireChip(name: string, platform: string): void {
	if (name.toLowerCase().replaceAll("-", "") === platform) return;
	throw new SetupError(
		`The chip is an ${name}, and the firmware is for ${platform}. Reload this page, and choose ` +
			"another product.",
	);
}

async function write(loader: ESPLoader, image: Flashing): Promise<void> {
	const { content, parts, onProgress } = image;
	const fileArray = parts.map(({ address, length }) => ({
		address,
		data: content.subarray(address, address + length),
	}));
	const total = parts.reduce((sum, { length }) => sum + length, 0);
	const before = parts.map((_, index) =>
		parts.slice(0, index).reduce((sum, { length }) => sum + length, 0),
	);
	try {
		await loader.writeFlash({
			...{ fileArray, flashMode: "keep", flashFreq: "keep", flashSize: "keep" },
			...{ eraseAll: false, compress: true },
			// `written` and `all` are of what is sent, which is compressed.
			reportProgress(index, written, all) {
				const length = parts[index]?.length ?? 0;
				onProgress(((before[index] ?? 0) + (length * written) / all) / total);
			},
			calculateMD5Hash: (bytes) => bytesToHex(md5(bytes)),
		});
	} catch (error) {
		const reason = sentenceOf(error);
		throw new SetupError(`Writing broke off: ${reason}. Leave the cable in, and press Again.`);
	}
}

/** The cable's two lines, as boards have them: reset, and not into the loader. */
async function restart(port: SerialPort): Promise<void> {
	await port.setSignals({ dataTerminalReady: false, requestToSend: true });
	await new Promise((resolve) => setTimeout(resolve, resetMilliseconds));
	await port.setSignals({ dataTerminalReady: false, requestToSend: false });
}

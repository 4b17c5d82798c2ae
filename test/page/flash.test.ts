/** A browser puts firmware onto a blank chip: the real flasher, a stand-in for the chip. */

import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { encodeFrame, FrameType } from "../../src/improv/frame.js";
import { factoryChip } from "../dms/factory-chip.js";
import { skip } from "./chromium.js";
import { type Desk, openDesk } from "./setup-desk.js";
import { StandInChip } from "./stand-in-chip.js";

const image = factoryChip();

/** What is in the place of the firmware: it says by Improv what it is, once it has started. */
class Firmware {
	isRunning = false;
	readonly #say: (bytes: Uint8Array) => void;

	constructor(say: (bytes: Uint8Array) => void) {
		this.#say = say;
	}

	start(): void {
		this.isRunning = true;
	}

	stop(): void {
		this.isRunning = false;
	}

	/** Frames as the official client sends them: state, information, and networks, of which none. */
	input(bytes: Uint8Array): void {
		if (!this.isRunning || Buffer.from(bytes).toString("latin1", 0, 6) !== "IMPROV") return;
		const command = bytes[9] ?? 0;
		if (command === 2) this.#send(FrameType.State, [2]);
		const texts = command === 3 ? ["ACME-LAMP", "1.0.0.0", "esp32c3", "Lamp"] : [];
		const data = texts.flatMap((text) => [text.length, ...Buffer.from(text)]);
		if (command > 2) this.#send(FrameType.Result, [command, data.length, ...data]);
	}

	#send(type: FrameType, data: number[]): void {
		this.#say(encodeFrame(type, data));
	}
}

async function openFlashDesk(context: TestContext): Promise<Desk & { chip: StandInChip }> {
	const desk = await openDesk(context, "none");
	const { cable } = desk;
	await desk.addProduct("alice", "esp32c3");
	const chip = new StandInChip(cable.say, new Firmware(cable.say));
	cable.farEnd = chip;
	return { ...desk, chip };
}

const putIt = "#step-firmware form button";

test("a blank chip gets its firmware, is compared, and starts", { skip }, async (context) => {
	const { service, page, chip, open, told } = await openFlashDesk(context);
	await service.factoryImages.set("ACME-LAMP", image);
	await open("olga", "operator");
	await told("firmware", /Put ACME-LAMP 1.0.0.0 onto it/);
	await page.click(putIt);
	await told("firmware", /It runs ACME-LAMP 1.0.0.0 on esp32c3/);
	await told("wifi", /Which network/);
	for (const { address, length } of (await service.factoryImages.show("ACME-LAMP")).parts) {
		const part = chip.flash.subarray(address, address + length);
		assert.ok(part.equals(image.subarray(address, address + length)), "part at " + address);
	}
	const nvs = [0x9, 0xa, 0xb, 0xc, 0xd, 0xe];
	assert.deepEqual(
		nvs.filter((sector) => chip.written.has(sector)),
		[],
		"an identity stays",
	);
});

test(
	"a cable that comes out while it is written: Again writes all anew",
	{ skip },
	async (context) => {
		const { service, page, cable, chip, open, told, again } = await openFlashDesk(context);
		await service.factoryImages.set("ACME-LAMP", image);
		chip.onBlock = () => {
			chip.onBlock = () => undefined;
			void cable.unplug();
		};
		await open("olga", "operator");
		await told("firmware", /Put ACME-LAMP/);
		await page.click(putIt);
		await told("firmware", /The cable is out/);
		await cable.plug();
		do {
			await again("firmware");
			await told("firmware", /Put ACME-LAMP/);
			await page.click(putIt);
			await told("firmware", /It runs ACME-LAMP|loader doesn't answer/);
			// On a machine that is busy its answer comes too late for the flasher, as on a bad cable.
		} while ((await page.getByText("loader doesn't answer").count()) > 0);
		assert.ok(chip.flash.subarray(0x20000).indexOf(image.subarray(0x20000)) === 0);
	},
);

test(
	"a chip of another kind is told apart before anything is written",
	{ skip },
	async (context) => {
		const { service, page, chip, open, told } = await openFlashDesk(context);
		await service.products.set("ACME-LAMP", { platform: "esp32" });
		await service.factoryImages.set("ACME-LAMP", factoryChip({ chip: 0 }));
		await open("olga", "operator");
		await page.click(putIt);
		await told("firmware", /The chip is an ESP32-C3, and the firmware is for esp32/);
		assert.equal(chip.written.size, 0);
	},
);

/** Faults in a row, the record of updates, and the slot that a download fills. */

import { concatenate } from "../../src/encoding/bytes.js";
import type { Boot, Flash, Host, ResetReason } from "../../src/host.js";
import { Faults } from "../../src/update/faults.js";
import {
	ended,
	failed,
	isRefused,
	isRunning,
	type Running,
	type Trial,
	updateRecordOf,
	withTrial,
} from "../../src/update/record.js";
import { type ImagePlan, Slot } from "../../src/update/slot.js";
import { DfuError, DfuStatus } from "../../src/update/status.js";
import { type Bench, type Cases, equal, isTrue, thrown } from "./check.js";
import { TestDomain } from "./record-store.js";

function bootOf(reason: ResetReason, slot = "ota_0", isOnTrial = false): Boot {
	return {
		...{ reason, slot, isOnTrial, canArm: true },
		...{ arm: () => undefined, confirm: () => undefined },
	};
}

/** Starts the counter in one more boot; answers faults in a row and safe mode. */
function countAfter(domain: TestDomain, reason: ResetReason, version = "1.0.0.0"): Faults {
	const system = { version } as Host["system"];
	const timer = { set: () => 1, clear: () => undefined };
	return new Faults({ boot: bootOf(reason), system, timer }, domain, () => true);
}

const candidate = { sequence: 7, version: "2.0.0.0", bundle: "b" };
const armed: Trial = {
	...candidate,
	slot: "ota_0",
	from: "1.0.0.0",
	isArmed: true,
	isUnreached: false,
	starts: 0,
	failures: 0,
	failure: undefined,
};
const old: Running = { boot: bootOf("power"), system: { version: "1.0.0.0" } };
const onTrial: Running = {
	boot: bootOf("software", "ota_1", true),
	system: { version: "2.0.0.0" },
};
const confirmed: Running = { boot: bootOf("power", "ota_1"), system: { version: "2.0.0.0" } };

const blockLength = 4096;

/** The other slot, of 2 erase blocks, with NOR's rules. */
class TestFlash implements Flash {
	readonly bytes = new Uint8Array(2 * blockLength);

	status() {
		return { blocks: 2, blockLength };
	}

	eraseBlock(index: number): void {
		this.bytes.fill(0xff, index * blockLength, (index + 1) * blockLength);
	}

	read(byteLength: number, position: number): ArrayBuffer {
		return this.bytes.slice(position, position + byteLength).buffer;
	}

	write(bytes: Uint8Array, position: number): void {
		for (let index = 0; index < bytes.length; index++) {
			const present = this.bytes[position + index] ?? 0;
			this.bytes[position + index] = present & (bytes[index] ?? 0);
		}
	}

	close(): void {}
}

function imageOf(length: number): Uint8Array {
	const image = new Uint8Array(length);
	for (let index = 0; index < length; index++) image[index] = (index * 7 + (index >> 8)) & 0xff;
	return image;
}

function planOf(image: Uint8Array, { crypto }: Bench): ImagePlan {
	let blockDigests: Uint8Array = new Uint8Array(0);
	for (let start = 0; start < image.length; start += blockLength) {
		const digest = crypto.sha256(image.subarray(start, start + blockLength));
		blockDigests = concatenate(blockDigests, digest);
	}
	return { length: image.length, digest: crypto.sha256(image), blockLength, blockDigests };
}

function slotOn(flash: TestFlash, plan: ImagePlan, bench: Bench): Slot {
	return new Slot({ crypto: bench.crypto, flash: { open: () => flash } }, plan, () => undefined);
}

/** Hands the slot what is missing, in parts of `partLength`. */
function fill(slot: Slot, image: Uint8Array, partLength: number): void {
	const start = slot.find();
	const range = "bytes " + start + "-" + (image.length - 1) + "/" + image.length;
	slot.begin(image.length - start, range);
	for (let offset = start; offset < image.length; offset += partLength) {
		slot.take(image.subarray(offset, Math.min(offset + partLength, image.length)));
	}
}

function statusThrown(act: () => void): DfuStatus {
	const error = thrown(act);
	if (error instanceof DfuError) return error.status;
	throw error;
}

export const updateCases: Cases = Object.freeze({
	"panics and the watchdog are faults, other ends of a run are not": () => {
		const domain = new TestDomain();
		equal(countAfter(domain, "power").count, 0);
		equal(countAfter(domain, "software").count, 0);
		equal(countAfter(domain, "brown-out").count, 0);
		equal(domain.writes, [], "nothing to write");
		equal(countAfter(domain, "panic").count, 1);
		equal(countAfter(domain, "watchdog").count, 2);
		const later = countAfter(domain, "software");
		equal([later.count, later.reason], [2, "watchdog"]);
	},
	"the 8th fault in a row leads to safe mode, and the 12th to the console only": () => {
		const domain = new TestDomain();
		for (let count = 1; count < 8; count++) {
			isTrue(!countAfter(domain, "panic").isSafeMode, "not yet");
		}
		isTrue(countAfter(domain, "panic").isSafeMode, "now");
		for (let count = 9; count < 12; count++) {
			isTrue(!countAfter(domain, "panic").isConsoleOnly, "not yet");
		}
		isTrue(countAfter(domain, "panic").isConsoleOnly, "now");
		const { length } = domain.writes;
		equal(length, 12, "one write for each");
		isTrue(countAfter(domain, "panic").isConsoleOnly, "still");
		isTrue(countAfter(domain, "power").isSafeMode, "also after another end");
		equal(domain.writes.length, length);
	},
	"another version begins a row of its own": () => {
		const domain = new TestDomain();
		for (let count = 1; count <= 8; count++) countAfter(domain, "panic");
		const other = countAfter(domain, "software", "1.0.0.1");
		equal([other.count, other.isSafeMode], [0, false]);
	},
	"a device that can't keep its count starts all the same, with the console only": () => {
		const domain = new TestDomain();
		domain.fault = "throws";
		const faults = countAfter(domain, "panic");
		equal([faults.count, faults.isSafeMode, faults.isConsoleOnly], [1, true, true]);
		const later = countAfter(domain, "power");
		equal([later.count, later.isSafeMode], [0, false], "what ended otherwise is no fault");
	},
	"a count that can't be read is no fault, and is written over": () => {
		const domain = new TestDomain();
		countAfter(domain, "panic");
		domain.values.set("faults.a", new Uint8Array(20));
		equal(countAfter(domain, "power").count, 0);
		equal(countAfter(domain, "panic").isConsoleOnly, false);
		equal(countAfter(domain, "power").count, 1);
	},
	"after a day in safe mode the app gets one more chance": () => {
		const domain = new TestDomain();
		for (let count = 1; count < 12; count++) countAfter(domain, "panic");
		const timers: [() => void, number][] = [];
		let restarts = 0;
		const system = { version: "1.0.0.0", restart: () => restarts++ } as unknown as Host["system"];
		const timer = {
			set: (act: () => void, milliseconds: number) => timers.push([act, milliseconds]),
			clear: () => undefined,
		};
		const host = { boot: bootOf("panic"), system, timer };
		isTrue(new Faults(host, domain, () => true).isConsoleOnly, "the 12th");
		const [[act, milliseconds] = [() => undefined, 0]] = timers;
		equal([timers.length, milliseconds, restarts], [1, 86_400_000, 0]);
		act();
		equal(restarts, 1);
		equal(countAfter(domain, "software").isSafeMode, false, "with the app");
		equal(countAfter(domain, "panic").isSafeMode, true, "one fault is enough");
	},
	"a trial is a trial until its image is confirmed, and then its installation": () => {
		const fields = withTrial(updateRecordOf({ later: "kept" }, old), armed);
		equal(fields.later, "kept");
		equal(updateRecordOf(fields, old).trial, armed);
		equal(updateRecordOf(fields, old).sequence, 0);
		equal(updateRecordOf(fields, onTrial).trial, armed);
		isTrue(isRunning(armed, onTrial) && !isRunning(armed, old), "which one runs");
		const after = updateRecordOf(fields, confirmed);
		equal([after.sequence, after.bundle, after.trial], [7, "b", undefined]);
	},
	"an image that came by cable ends a trial": () => {
		const fields = withTrial(updateRecordOf({}, old), armed);
		const cable: Running = { boot: bootOf("power"), system: { version: "1.5.0.0" } };
		equal(updateRecordOf(fields, cable).trial, undefined);
	},
	"only a fault counts against an image, and the third ends it": () => {
		equal(ended(armed, "power"), { ...armed, isArmed: false });
		const unreached = { ...armed, isUnreached: true };
		equal(ended(unreached, "software"), { ...unreached, isArmed: false });
		for (const reason of ["software", "brown-out"] as const) {
			let trial = armed;
			for (let starts = 1; starts < 10; starts++) {
				trial = ended(trial, reason);
				equal([trial.starts, trial.failures, trial.isArmed], [starts, 0, false]);
			}
			const last = ended(trial, reason);
			equal([last.failure, isRefused(last)], ["unfinished", true]);
		}
		const once = ended(armed, "panic");
		equal([once.failures, once.failure, isRefused(once)], [1, "panic", false]);
		const thrice = failed(ended({ ...once, isArmed: true }, "watchdog"), "unreached");
		equal([thrice.failures, thrice.failure, isRefused(thrice)], [3, "unreached", true]);
		const fields = withTrial(updateRecordOf({}, old), thrice);
		equal(updateRecordOf(fields, old).trial, thrice);
	},
	"a record of nonsense is an empty one": () => {
		const { sequence, bundle, trial } = updateRecordOf({ sequence: -1, trial: "x" }, old);
		equal([sequence, bundle, trial], [0, "", undefined]);
	},
	"an image comes in parts of any length": (bench) => {
		for (const length of [1, 4096, 4097, 6000, 8192]) {
			const image = imageOf(length);
			for (const partLength of [100, 2048, 3000, 8192]) {
				const flash = new TestFlash();
				const slot = slotOn(flash, planOf(image, bench), bench);
				fill(slot, image, partLength);
				equal(slot.find(), length, "all blocks");
				isTrue(slot.isWhole(), "all of it");
			}
		}
	},
	"a download goes on at the first block that isn't there": (bench) => {
		const image = imageOf(6000);
		const plan = planOf(image, bench);
		const flash = new TestFlash();
		const slot = slotOn(flash, plan, bench);
		slot.find();
		slot.begin(6000, "bytes 0-5999/6000");
		slot.take(image.subarray(0, 5000));
		const later = slotOn(flash, plan, bench);
		equal(later.find(), 4096);
		fill(later, image, 1000);
		isTrue(later.isWhole(), "all of it");
	},
	"a changed byte in any block is found when the block has landed": (bench) => {
		const image = imageOf(6000);
		const plan = planOf(image, bench);
		for (const index of [0, 4095, 4096, 5999]) {
			const changed = image.slice();
			changed[index] = (changed[index] ?? 0) ^ 1;
			const slot = slotOn(new TestFlash(), plan, bench);
			equal(
				statusThrown(() => fill(slot, changed, 999)),
				DfuStatus.ApplicationFileInvalid,
			);
		}
	},
	"another part of the image than was asked for is refused": (bench) => {
		const slot = slotOn(new TestFlash(), planOf(imageOf(6000), bench), bench);
		slot.find();
		for (const [byteLength, range] of [
			[6000, ""],
			[6000, "bytes 0-5999/*"],
			[5999, "bytes 0-5999/6000"],
			[5999, "bytes 1-5999/6000"],
			[6001, "bytes 0-6000/6001"],
		] as const) {
			equal(
				statusThrown(() => slot.begin(byteLength, range)),
				DfuStatus.BadImageReply,
				range,
			);
		}
	},
	"an image longer than the slot is refused": (bench) => {
		const plan = planOf(imageOf(2 * blockLength + 1), bench);
		equal(
			statusThrown(() => slotOn(new TestFlash(), plan, bench)),
			DfuStatus.ImageTooLong,
		);
	},
});

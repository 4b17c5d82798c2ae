/**
 * The boot ROM: which of the two slots runs, by ESP-IDF's `otadata` with rollback enabled.
 *
 * Each of the two sectors of `otadata` holds a sequence number, a state and a CRC-32 of the number.
 * The slot of the highest good number is next; a new image is pending for exactly one boot, and a
 * boot that finds it still pending aborts it, so that the one before runs again.
 */

import { crc32 } from "../../src/encoding/crc32.js";
import { Partition, type PartitionName, partitionFile, sectorLength } from "./flash.js";
import { type Image, readImage } from "./image.js";
import { bytesOf, numberOf, type Operations } from "./operations.js";
import type { Power } from "./power.js";
import type { State } from "./state.js";

/** `esp_ota_img_states_t`. */
const SlotState = {
	New: 0,
	PendingVerify: 1,
	Valid: 2,
	Invalid: 3,
	Aborted: 4,
	Undefined: 0xffffffff,
} as const;

const slotNames = ["ota_0", "ota_1"] as const satisfies readonly PartitionName[];
export type SlotIndex = 0 | 1;

const entryLength = 32;
const stateOffset = 24;
const crcOffset = 28;
const noSequence = 0xffffffff;

interface Entry {
	sequence: number;
	state: number;
	isWhole: boolean;
}

interface Selection {
	readonly index: SlotIndex;
	readonly image: Image;
}

/** Puts an image into the first slot and forgets which one was next, as a cable does. */
export function programImage(state: State, image: Uint8Array): void {
	state.write(partitionFile(slotNames[0]), image);
	state.write(partitionFile("otadata"), new Uint8Array(0));
}

export class BootRom {
	readonly slots: readonly [Partition, Partition];
	/** Entries of `otadata` written since the board was made, by the ROM and by the program. */
	writes = 0;
	readonly #otadata: Partition;
	readonly #power: Power;
	#running: SlotIndex = 0;

	/** `slotLength` in bytes, where it is another than on 4 MB of flash. */
	constructor(state: State, power: Power, slotLength?: number) {
		this.#power = power;
		this.slots = [
			new Partition(slotNames[0], state, power, slotLength),
			new Partition(slotNames[1], state, power, slotLength),
		];
		this.#otadata = new Partition("otadata", state, power);
	}

	/** What the program can ask: of the slot that it doesn't run from, and of its own trial. */
	readonly operations: Operations = {
		"boot.slot": () => slotNames[this.#running],
		"boot.isOnTrial": () => this.#isOnTrial,
		"boot.arm": () => void this.#arm(),
		"boot.confirm": () => void this.#confirm(),
		"flash.open": () => void this.#checkSlots(),
		"flash.blocks": () => this.#other.length / sectorLength,
		"flash.blockLength": () => sectorLength,
		"flash.erase": (index) => {
			this.#fail("slot write");
			this.#other.eraseSector(numberOf(index));
			return undefined;
		},
		"flash.read": (byteLength, position) => {
			this.#fail("slot read");
			return this.#other.read(numberOf(position), numberOf(byteLength)).slice();
		},
		"flash.write": (bytes, position) => {
			this.#fail("slot write");
			this.#other.write(numberOf(position), bytesOf(bytes));
			return undefined;
		},
	};

	/** Throws when that is ordered. */
	#fail(kind: "slot read" | "slot write" | "confirmation"): void {
		if (this.#power.fails(kind)) throw new Error("the flash fails");
	}

	/** The image to run and its slot; `undefined` when neither slot holds a good one. */
	select(): Selection | undefined {
		const first = this.#selectIndex();
		for (const index of first === 0 ? ([0, 1] as const) : ([1, 0] as const)) {
			const image = readImage(this.slots[index]);
			if (image === undefined) continue;
			this.#running = index;
			return { index, image };
		}
		return undefined;
	}

	get #other(): Partition {
		return this.slots[this.#running === 0 ? 1 : 0];
	}

	#selectIndex(): SlotIndex {
		const entries = this.#readEntries();
		for (const [index, entry] of entries.entries()) {
			if (entry.isWhole && entry.state === SlotState.PendingVerify) {
				this.#writeEntry(index, entry.sequence, SlotState.Aborted);
				entry.state = SlotState.Aborted;
			}
		}
		const active = activeOf(entries);
		if (active === undefined) {
			if (!entries[0].isWhole && !entries[1].isWhole) this.#writeEntry(0, 1, SlotState.Valid);
			return 0;
		}
		const entry = entries[active];
		if (entry.state === SlotState.New) {
			this.#writeEntry(active, entry.sequence, SlotState.PendingVerify);
		}
		return slotOf(entry);
	}

	/** `esp_ota_get_state_partition` of the slot that runs. */
	get #isOnTrial(): boolean {
		const entry = this.#readEntries().find((one) => one.isWhole && slotOf(one) === this.#running);
		return entry?.state === SlotState.PendingVerify;
	}

	/** What the other slot holds during a trial is what the board goes back to. */
	#checkSlots(): void {
		if (this.#isOnTrial) throw new Error("the running image is on trial");
	}

	/** `esp_ota_set_boot_partition` of the other slot: refuses an image that isn't whole. */
	#arm(): void {
		this.#checkSlots();
		if (readImage(this.#other) === undefined) throw new Error("the other slot holds no image");
		const entries = this.#readEntries();
		const active = activeOf(entries);
		const slot = 1 - this.#running;
		if (active === undefined) return this.#writeEntry(0, slot + 1, SlotState.New);
		const { sequence } = entries[active];
		const isActive = slotOf(entries[active]) === slot;
		if (isActive) this.#writeEntry(active, sequence, SlotState.New);
		else this.#writeEntry(1 - active, sequence + 1, SlotState.New);
	}

	/**
	 * `esp_ota_mark_app_valid_cancel_rollback`, which takes the image that was chosen last: that
	 * isn't the running one when the ROM has found it damaged.
	 */
	#confirm(): void {
		const entries = this.#readEntries();
		const active = activeOf(entries);
		if (active === undefined || !this.#isOnTrial) return;
		this.#fail("confirmation");
		this.#writeEntry(active, entries[active].sequence, SlotState.Valid);
	}

	#readEntries(): readonly [Entry, Entry] {
		return [this.#readEntry(0), this.#readEntry(1)];
	}

	#readEntry(index: number): Entry {
		const bytes = Buffer.from(this.#otadata.read(index * sectorLength, entryLength));
		const sequence = bytes.readUInt32LE(0);
		return {
			sequence,
			state: bytes.readUInt32LE(stateOffset),
			isWhole: sequence !== noSequence && bytes.readUInt32LE(crcOffset) === sequenceCrc(sequence),
		};
	}

	#writeEntry(index: number, sequence: number, state: number): void {
		const bytes = Buffer.alloc(entryLength, 0xff);
		bytes.writeUInt32LE(sequence, 0);
		bytes.writeUInt32LE(state, stateOffset);
		bytes.writeUInt32LE(sequenceCrc(sequence), crcOffset);
		this.writes++;
		this.#otadata.eraseSector(index);
		this.#otadata.write(index * sectorLength, bytes);
	}
}

function slotOf({ sequence }: Entry): SlotIndex {
	return (sequence - 1) % 2 === 0 ? 0 : 1;
}

/** The entry that counts: whole, neither invalid nor aborted, and of the highest sequence. */
function activeOf(entries: readonly [Entry, Entry]): SlotIndex | undefined {
	const [first, second] = entries.map(
		({ isWhole, state }) => isWhole && state !== SlotState.Invalid && state !== SlotState.Aborted,
	);
	if (first && second) return entries[0].sequence >= entries[1].sequence ? 0 : 1;
	return first ? 0 : second ? 1 : undefined;
}

/** `esp_rom_crc32_le(UINT32_MAX, &sequence, 4)`. */
function sequenceCrc(sequence: number): number {
	const bytes = Buffer.alloc(4);
	bytes.writeUInt32LE(sequence);
	return crc32(bytes, 0, 0xffffffff);
}

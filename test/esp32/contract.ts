/** Plays rows of the contract over the ESP32's classes, on the stand-ins' time. */

import type { Host } from "../../src/host.js";
import { type Outcome, play, type Row } from "../contract/row.js";
import type { Surroundings } from "../contract/surroundings.js";
import { systemOf } from "./chip.js";

const { machine } = await import("./sdk/machine.js");
const { default: Timer } = await import("./sdk/timer.js");

const timer = {
	set: (callback: () => void, milliseconds: number) => Timer.set(callback, milliseconds),
	clear: (id: unknown) => Timer.clear(id as InstanceType<typeof Timer>),
};

/** What a boot has: the host's parts that the rows ask for. */
export type Boot = (system: Host["system"]) => object;

/** Plays a row in one boot, or in two where it resets the device. */
export async function playOver(row: Row, boot: Boot, around: Surroundings): Promise<Outcome> {
	const faults: unknown[] = [];
	let isReset = false;
	const playBoot = async (isAfterReset: boolean): Promise<Outcome | undefined> => {
		const system = { ...systemOf(faults), restart: () => void (isReset = true) };
		const host = { ...boot(system), system, timer } as unknown as Host;
		let outcome: Outcome | undefined;
		void play(row, isAfterReset, host, around).then((one) => (outcome = one));
		await machine.clock.runUntil(() => outcome !== undefined || (isReset && !isAfterReset));
		return outcome;
	};
	const first = await playBoot(false);
	const outcome = first ?? (await playBoot(true));
	if (faults.length > 0) return { kind: "broken", why: String(faults[0]) };
	return outcome ?? { kind: "broken", why: "no outcome" };
}

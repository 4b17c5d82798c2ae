/** A promise of a port, and how one row of them is played. */

import type { Host } from "../../src/host.js";
import { NotOffered, type Surroundings } from "./surroundings.js";

type Play = (host: Host, around: Surroundings) => void | Promise<void>;

/** Each row is played in a boot of its own. */
export interface Row {
	/** The promise. */
	readonly name: string;
	/** Throws or rejects when it is broken. */
	readonly run: Play;
	/** Of a row whose `run` ends in a reset: what holds in the boot after it. */
	readonly afterReset?: Play;
}

/** What has become of a row: kept, or why it isn't. */
export interface Outcome {
	readonly kind: "kept" | "broken" | "not applicable";
	readonly why: string;
}

/** A row that waits so long waits for what will never come. */
const limitMilliseconds = 60_000;

export async function play(
	row: Row,
	isAfterReset: boolean,
	host: Host,
	around: Surroundings,
): Promise<Outcome> {
	const act = isAfterReset ? row.afterReset : row.run;
	const limit = new Promise<never>((_, reject) => {
		const giveUp = (): void => reject(new Error("it waits for what never comes"));
		host.timer.set(giveUp, limitMilliseconds);
	});
	try {
		await Promise.race([limit, act?.(host, around)]);
		return { kind: "kept", why: "" };
	} catch (error) {
		const isNotOffered = error instanceof NotOffered;
		return { kind: isNotOffered ? "not applicable" : "broken", why: String(error) };
	}
}

/** For the end of a `run` that resets the device: what comes after a restart doesn't count. */
export function untilReset(): Promise<void> {
	return new Promise(() => undefined);
}

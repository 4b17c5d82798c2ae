/**
 * Nothing may throw out of a callback: on the chip the machine would stop. What our program throws
 * is its own fault; what the SDK throws is the connection's.
 */

import type { System } from "../../src/host.js";

/** Calls `act`, and `onFault` with what it throws. */
export function guard(act: () => void, onFault: (error: unknown) => void): void {
	try {
		act();
	} catch (error) {
		onFault(error);
	}
}

/** A callback of the program, as one that can be given to the SDK. */
export function guarded<Parameters extends unknown[]>(
	system: System,
	act: (...parameters: Parameters) => void,
): (...parameters: Parameters) => void {
	return (...parameters) =>
		guard(
			() => act(...parameters),
			(error) => system.fail(error),
		);
}

/** What an error says, whatever it is: somebody may throw what has no words. */
export function wordsOf(error: unknown): string {
	try {
		return String(error);
	} catch {
		return "an error without words";
	}
}

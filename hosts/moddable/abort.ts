/** The last net: what the SDK throws in timers of its own. Without it the machine would stop. */

import Timer from "timer";
import type { System } from "../../src/host.js";
import type { Connections } from "./connection.js";

/** Why the engine would stop, when there is a way to go on. */
const unhandledException = "unhandled exception";

/**
 * An exception that nobody caught ends the connections that are open: which one it was, nobody
 * knows. With none, or for any other reason, it is a fault of the program.
 */
export function installAbortHook(system: System, connections: Connections): void {
	const abort = (reason: string, exception: unknown): boolean => {
		const open = connections.all;
		if (reason !== unhandledException || open.length === 0) {
			system.fail(exception ?? reason);
			return true;
		}
		for (const connection of open) Timer.set(() => connection.fail(), 0);
		return false;
	};
	Reflect.set(globalThis, "abort", abort);
}

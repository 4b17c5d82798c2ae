/** What the device is, and how long it has been running. */

import type { Device, Variable } from "../../device.js";

/** A clock before this year has not been set: nobody has said hello yet. */
const yearMinimum = 2020;
/** Seconds that a timer of 32-bit milliseconds can count. */
const wakeupTimeoutMaximum = 2_000_000;

export const wakeupTimeout = Object.freeze<Variable>({
	name: "system.wakeup.timeout",
	type: "integer",
	minimum: 0,
	maximum: wakeupTimeoutMaximum,
	initial: "0",
});

/** As long as the names that the service takes. */
const deviceNameLengthMaximum = 64;

export const deviceName = Object.freeze<Variable>({
	name: "system.name",
	maximum: deviceNameLengthMaximum,
});

export const systemVariables: readonly Variable[] = Object.freeze([
	Object.freeze<Variable>({
		name: "system.version",
		access: "get",
		get: (device) => device.version,
	}),
	deviceName,
	Object.freeze<Variable>({
		name: "system.memory.usage",
		abbreviation: "sy e u",
		type: "integer",
		access: "get",
		minimum: 0,
		maximum: 100,
		get: ({ host: { system } }) => String(system.memoryUsage ?? ""),
	}),
	wakeupTimeout,
	Object.freeze<Variable>({
		name: "time.rtc",
		access: "get",
		options: Object.freeze(["utc"]),
		get: timeOf,
	}),
	Object.freeze<Variable>({
		name: "time.uptime",
		type: "integer",
		access: "get",
		get: ({ host }) => String(Math.floor(host.clock.ticks() / 1000)),
	}),
]);

function timeOf({ host }: Device): string {
	const now = new Date(host.clock.now());
	return now.getUTCFullYear() < yearMinimum ? "" : now.toISOString();
}

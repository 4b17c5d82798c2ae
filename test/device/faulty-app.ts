/** An app with faults to order, wherever the code of an app can run. */

import type { App, Device } from "../../src/device.js";

function fault(): never {
	throw new TypeError("nobody expects this");
}

/** Takes all the memory there is. */
function fill(): void {
	const grown: object[] = [];
	for (;;) grown.push({});
}

function dive(depth: number): number {
	return dive(depth + 1) + depth;
}

/** Names that nobody has used before: each takes a key. */
function name(): void {
	const names: Record<string, number> = {};
	for (let count = 0; ; count++) names["name" + count] = count;
}

const startSetting = "fault.start";

const app: App = Object.freeze<App>({
	start: (device: Device) => {
		if (device.settings.get(startSetting) === "1") device.host.timer.set(fault, 0);
	},
	commands: Object.freeze([
		Object.freeze({
			name: "fault",
			parameters: "command | timer | promise | memory | stack | keys",
			help: "does what no code expects",
			count: Object.freeze([1, 1] as const),
			run: async (device: Device, [where]: readonly string[]) => {
				if (where === "command") fault();
				if (where === "timer") device.host.timer.set(fault, 0);
				if (where === "promise") await Promise.resolve().then(fault);
				if (where === "memory") fill();
				if (where === "stack") dive(0);
				if (where === "keys") name();
				return "wait for it";
			},
		}),
		Object.freeze({
			name: "fault_always",
			parameters: "",
			help: "has every start from now on end in a fault",
			count: Object.freeze([0, 0] as const),
			run: (device: Device) => {
				device.settings.set(startSetting, "1");
				device.settings.save();
				return "Success";
			},
		}),
		Object.freeze({
			name: "hang",
			parameters: "asking | silently",
			help: "never comes back",
			count: Object.freeze([1, 1] as const),
			run: (device: Device, [how]: readonly string[]) => {
				for (;;) if (how === "asking") device.host.clock.ticks();
			},
		}),
		Object.freeze({
			name: "reason",
			parameters: "",
			help: "says why the last run ended",
			count: Object.freeze([0, 0] as const),
			run: (device: Device) => device.host.boot.reason,
		}),
	]),
});

export default app;

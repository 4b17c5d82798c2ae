/** An app with faults to order, wherever the code of an app can run. */

import type { App, Device } from "../../src/device.js";

function fault(): never {
	throw new TypeError("nobody expects this");
}

const app: App = Object.freeze<App>({
	commands: Object.freeze([
		Object.freeze({
			name: "fault",
			parameters: "command | timer | promise",
			help: "throws what no code expects",
			count: Object.freeze([1, 1] as const),
			run: async (device: Device, [where]: readonly string[]) => {
				if (where === "command") fault();
				if (where === "timer") device.host.timer.set(fault, 0);
				if (where === "promise") await Promise.resolve().then(fault);
				return "wait for it";
			},
		}),
	]),
});

export default app;

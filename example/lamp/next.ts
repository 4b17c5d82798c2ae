/** The lamp's next version: it can be dimmed by steps, and keeps the step. */

import type { App, Device } from "opendms/src/device.js";
import lamp from "./lamp.js";

const stepSetting = "lamp.step";
const levelSetting = "lamp.level";

const app: App = Object.freeze<App>({
	...lamp,
	commands: Object.freeze([
		...(lamp.commands ?? []),
		Object.freeze({
			name: "dim",
			parameters: "<step>",
			help: "makes the lamp darker by so many percent, and keeps the step",
			count: Object.freeze([1, 1] as const),
			run: (device: Device, [step = ""]: readonly string[]) => {
				const { settings } = device;
				const level = Math.max(0, Number(settings.get(levelSetting, "0")) - Number(step));
				settings.set(stepSetting, step);
				settings.set(levelSetting, String(level));
				settings.save();
				return "The lamp is at " + level + " percent";
			},
		}),
	]),
});

export default app;

/** A version of the lamp that should never have been published: it crashes after each start. */

import type { App, Device } from "opendms/src/device.js";
import lamp from "./lamp.js";

const app: App = Object.freeze<App>({
	...lamp,
	start: (device: Device) => {
		device.host.timer.set(() => {
			throw new Error("the lamp has no bulb");
		}, 0);
	},
});

export default app;

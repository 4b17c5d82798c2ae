/** An app whose firmware is no good, in one way or another; its version says in which. */

import type { App, Device } from "../../src/device.js";

/** The second number of the version. */
const crashing = "3";
const hanging = "4";
const silent = "5";
const restarting = "6";
const sleeping = "7";
const filling = "8";
/** Of NVS, in one value. */
const valueLength = 1000;
const startMilliseconds = 100;
/** On XS the time of an endless loop counts, on V8 its calls. */
const callEvery = 1000;

/** As an app that keeps its data and never throws any away. */
function fill({ host }: Device): void {
	const domain = host.keyValue.open({ path: "app", format: "buffer" });
	try {
		for (let count = 0; ; count++) domain.write("value" + count, new Uint8Array(valueLength));
	} catch {
		domain.close();
	}
}

function misbehave(device: Device): void {
	const [, way] = device.host.system.version.split(".");
	if (way === crashing) throw new TypeError("this version is no good");
	if (way === restarting) device.host.system.restart();
	if (way === sleeping) device.host.system.sleep(60_000);
	for (let count = 0; way === hanging; count++) {
		if (count % callEvery === 0) device.host.clock.ticks();
	}
}

const app: App = Object.freeze<App>({
	product: "ACME-LAMP",
	start: (device: Device) => {
		const [, way] = device.host.system.version.split(".");
		if (way === filling) fill(device);
		if (way === silent) device.settings.set("wlan.ssid", "nowhere");
		device.host.timer.set(() => misbehave(device), startMilliseconds);
	},
});

export default app;

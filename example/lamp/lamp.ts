/**
 * A product maker's own part: a lamp. It adds a variable and two commands, and calls the DMS
 * itself.
 */

import type { App, Device, Variable } from "opendms/src/device.js";
import { DmsError, DmsResult } from "opendms/src/protocol/result.js";

const product = "ACME-LAMP";

const level = Object.freeze<Variable>({
	name: "lamp.level",
	type: "integer",
	access: "get/set",
	minimum: 0,
	maximum: 100,
	initial: "0",
	help: "brightness in percent",
});

/** Brightness in percent of the two positions that a switch has. */
const positions: { readonly [position: string]: string } = Object.freeze({ on: "100", off: "0" });

function switchTo(device: Device, position: string): string {
	const brightness = positions[position];
	if (brightness === undefined) {
		throw new DmsError(DmsResult.BadArgument, "A lamp is on or off.");
	}
	device.settings.set(level.name, brightness);
	return "The lamp is " + position;
}

/** The three calls: from a blank device to one of this product. */
async function commission(device: Device, token: string, claimToken: string): Promise<string> {
	await device.dms.provision(token);
	device.log("provisioning status " + device.dms.provisionStatus);
	const { user } = await device.dms.claim(claimToken);
	const answer = await device.dms.activate(product);
	return "This is now the " + String(answer.title) + " of " + user;
}

const app: App = Object.freeze<App>({
	product,
	variables: Object.freeze([level]),
	commands: Object.freeze([
		Object.freeze({
			name: "lamp",
			parameters: "<on | off>",
			help: "switches the lamp",
			count: Object.freeze([1, 1] as const),
			options: Object.freeze(["on", "off"]),
			run: (device: Device, [position = ""]: readonly string[]) => switchTo(device, position),
		}),
		Object.freeze({
			name: "commission",
			parameters: "<provisioning token> <claim token>",
			help: "provisions, claims and activates in one go",
			count: Object.freeze([2, 2] as const),
			isSecret: true,
			run: (device: Device, [token = "", claimToken = ""]: readonly string[]) =>
				commission(device, token, claimToken),
		}),
	]),
});

export default app;

/**
 * A product maker's own part: a lamp. It adds a variable and two commands, and calls the DMS
 * itself.
 */

import type { App, Device } from "../../src/device.js";
import { DmsError, DmsResult } from "../../src/protocol/result.js";

const product = "ACME-LAMP";
const levelSetting = "lamp.level";
const levelMaximum = 100;

function setLevel(device: Device, text: string): void {
	const level = Number(text);
	if (text === "" || !Number.isInteger(level) || level < 0 || level > levelMaximum) {
		throw new DmsError(DmsResult.BadArgument, "A level is a whole number from 0 to 100.");
	}
	device.settings.set(levelSetting, String(level));
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
	variables: Object.freeze([
		Object.freeze({
			name: levelSetting,
			help: "brightness in percent",
			get: (device: Device) => device.settings.get(levelSetting, "0"),
			set: setLevel,
		}),
	]),
	commands: Object.freeze([
		Object.freeze({
			name: "lamp",
			parameters: "on | off",
			help: "switches the lamp",
			count: Object.freeze([1, 1] as const),
			run: (device: Device, [position]: readonly string[]) => {
				setLevel(device, position === "on" ? String(levelMaximum) : position === "off" ? "0" : "");
				return "The lamp is " + String(position);
			},
		}),
		Object.freeze({
			name: "commission",
			parameters: "<provisioning token> <claim token>",
			help: "provisions, claims and activates in one go",
			count: Object.freeze([2, 2] as const),
			run: (device: Device, [token = "", claimToken = ""]: readonly string[]) =>
				commission(device, token, claimToken),
		}),
	]),
});

export default app;

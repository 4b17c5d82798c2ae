/** The device gets its identity, its owner and its product, each unless it has it already. */

import type { DeviceConsole } from "../../../console/device-console.js";
import { refusalOf, valueOf } from "./device.js";
import { findDevice, type FreshToken } from "./service.js";
import { SetupError } from "./setup-error.js";

/** `dms.provision.status`. */
const Status = Object.freeze({ NoToken: "0", HaveToken: "1", Complete: "3" });

const blamesToken = /token/i;

/** Where a provisioning token comes from: made by the service, or typed by the owner. */
export type TokenSource = Pick<FreshToken, "text" | "drop">;

/** Status 0, 1 or 2 to 3: what was begun with a token that the device holds is finished first. */
export async function provision(device: DeviceConsole, token: TokenSource): Promise<string> {
	const status = await valueOf(device, "dms.provision.status");
	if (status === Status.Complete) return "It has its identity already.";
	const done = "It has its identity.";
	if (status !== Status.NoToken) {
		const reply = await device.run("dms_provision");
		if (reply.code === 0) return done;
		if (status !== Status.HaveToken || !blamesToken.test(reply.text)) throw refusalOf(reply);
	}
	await runWith(device, "dms_provision ", token);
	return done;
}

export interface Claim {
	readonly user: string;
	readonly token: FreshToken;
	/** Whether whoever asks is shown every device that the service knows. */
	readonly seesAll: boolean;
}

/** Makes the user the device's owner. */
export async function claim(
	device: DeviceConsole,
	{ user, token, seesAll }: Claim,
): Promise<string> {
	const known = await findDevice(await valueOf(device, "system.uuid"));
	if (known?.owner === user) return "It is yours already.";
	if (known === undefined && seesAll) throw await strangerError(device);
	await runWith(device, "dms_claim ", token);
	token.drop(); // It has done its work.
	return "It is yours.";
}

/** So that the device gets its product's updates by itself. */
const updateLines = ["set wlan.auto_join.enabled 1", "set dfu.poll_enabled 1", "save"];

/** Ties the device to the product, and resolves with its UUID. */
export async function activate(device: DeviceConsole, product: string): Promise<string> {
	const uuid = await valueOf(device, "system.uuid");
	const isOnProduct = (await findDevice(uuid))?.product === product;
	const lines = isOnProduct ? updateLines : ["dms_activate " + product, ...updateLines];
	for (const line of lines) {
		const reply = await device.run(line);
		if (reply.code !== 0) throw refusalOf(reply);
	}
	return uuid;
}

/** A token that is refused isn't tried again: Again takes another one. */
async function runWith(device: DeviceConsole, command: string, token: TokenSource): Promise<void> {
	const reply = await device.run(command + (await token.text()));
	if (reply.code === 0) return;
	if (blamesToken.test(reply.text)) token.drop();
	throw refusalOf(reply);
}

async function strangerError(device: DeviceConsole): Promise<SetupError> {
	const mac = await valueOf(device, "wlan.mac");
	return new SetupError(
		"This service doesn't know the device: another one gave it its identity, or it was deleted " +
			`here. To make it new, type on its console: dms_forget ${mac}. Then press Again.`,
	);
}

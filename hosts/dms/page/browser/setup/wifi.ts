/** The device's firmware and Wi-Fi, by the Improv standard's official client. */

import { ImprovSerial } from "improv-wifi-serial-sdk/dist/serial.js";
import type { Cable } from "./cable.js";
import { SetupError, sentenceOf } from "./setup-error.js";
import type { Step } from "./step.js";

/** A device that was just plugged in or flashed needs some seconds before it answers. */
const answerMilliseconds = 5_000;
/** The device itself waits 20 s for a network. */
const joinMilliseconds = 45_000;
/** Improv's state of a device that is on a network. */
const provisioned = 4;

const logger = { log: () => undefined, error: () => undefined, debug: () => undefined };

/** What runs on a device. */
export interface Firmware {
	readonly name: string;
	readonly version: string;
	/** The platform that it is for. */
	readonly platform: string;
}

/** `undefined` when nothing that speaks Improv answers. */
export function findFirmware(cable: Cable): Promise<Firmware | undefined> {
	return withImprov(cable, async ({ info }) => {
		const { firmware: name, version, chipFamily: platform } = info ?? {};
		if (name === undefined || version === undefined || platform === undefined) return undefined;
		return { name, version, platform };
	});
}

/** Joins the device to a network that the person chooses. */
export async function joinNetwork(cable: Cable, step: Step): Promise<string> {
	const told = await withImprov(cable, async (client) => {
		if (client.state === provisioned) return "It is on a network already.";
		step.tell("Looking for networks ...");
		step.offer((await client.scan().catch(() => [])).map(({ name }) => name));
		await step.asked("Which network is the device to use?");
		const name = step.field("ssid").value;
		step.tell(`Joining ${name} ...`);
		try {
			await client.provision(name, step.field("passkey").value, joinMilliseconds);
		} catch (error) {
			throw new SetupError(joinSentence(name, error));
		}
		step.field("passkey").value = "";
		return "It is on " + name + ".";
	});
	if (told !== undefined) return told;
	throw new SetupError(
		"The device doesn't answer. Is it powered? Plug it in again, then press Again.",
	);
}

function joinSentence(name: string, error: unknown): string {
	const reason = sentenceOf(error);
	if (!/connect/i.test(reason)) return "The device did not join " + name + ": " + reason;
	return (
		`The device can't join ${name}. Check the passkey, and that the network is near and has ` +
		"2.4 GHz. Then press Again."
	);
}

async function withImprov<T>(
	cable: Cable,
	act: (client: ImprovSerial) => Promise<T>,
): Promise<T | undefined> {
	return cable.use(async (port) => {
		const client = new ImprovSerial(port, logger);
		try {
			await client.initialize(answerMilliseconds);
		} catch {
			return undefined;
		}
		try {
			return await act(client);
		} finally {
			await client.close();
		}
	});
}

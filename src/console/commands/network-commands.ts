/** The Wi-Fi network: joining and leaving it, and who can be reached over it. */

import type { Command, Device } from "../../device.js";
import { DmsError, DmsResult } from "../../protocol/result.js";
import { CommandError, ErrorDigit } from "../reply.js";
import { joinByHand, networkTable } from "../scan.js";
import { isOn } from "../values.js";
import { hasHeader } from "../variables/console-variables.js";

const success = "Success";
const interfaceOption = "-i";
const scanOption = "-s";
const verboseOption = "-v";
const interfaceName = "wlan";
/** Gecko OS's own network, for set-up. Here it is always down. */
const softInterfaceName = "softap";
const patienceMilliseconds = 500;
const interfaceParameter = "[-i wlan]";

export const networkCommands: readonly Command[] = Object.freeze([
	Object.freeze<Command>({
		name: "network_up",
		abbreviation: "nup",
		parameters: "[-i wlan] [-s]",
		count: Object.freeze([0, 3]),
		options: Object.freeze([interfaceOption, scanOption]),
		run: async (device, words) => {
			const isByHand = words.includes(scanOption);
			checkInterface(words.filter((word) => word !== scanOption));
			const isNamed = words.includes(interfaceOption);
			if (isByHand) await joinByHand(device);
			else await answered(device, device.network.join(), isNamed);
			return success;
		},
	}),
	Object.freeze<Command>({
		name: "network_down",
		abbreviation: "ndo",
		parameters: interfaceParameter,
		count: Object.freeze([0, 2]),
		options: Object.freeze([interfaceOption]),
		run: ({ network }, words) => {
			if (words.length === 2 && words[1] === softInterfaceName) return success; // It is down.
			checkInterface(words);
			network.down();
			return success;
		},
	}),
	Object.freeze<Command>({
		name: "network_restart",
		abbreviation: "nre",
		parameters: interfaceParameter,
		count: Object.freeze([0, 2]),
		options: Object.freeze([interfaceOption]),
		run: async (device, words) => {
			checkInterface(words);
			await answered(device, device.network.join(true), words.length > 0);
			return success;
		},
	}),
	Object.freeze<Command>({
		name: "network_verify",
		abbreviation: "nve",
		run: verify,
	}),
	Object.freeze<Command>({
		name: "network_lookup",
		abbreviation: "nlo",
		parameters: "<host>",
		count: Object.freeze([1, 1]),
		run: ({ network }, [host = ""]) => network.addressOf(hostName(host)),
	}),
	Object.freeze<Command>({
		name: "ping",
		parameters: "<host>",
		count: Object.freeze([1, 1]),
		run: async ({ network }, [host = ""]) => {
			const address = await network.addressOf(hostName(host));
			return "Reply from " + address + " in " + (await network.ping(address)) + " ms";
		},
	}),
	Object.freeze<Command>({
		name: "wlan_scan",
		abbreviation: "scan",
		parameters: "[-v]",
		count: Object.freeze([0, 1]),
		options: Object.freeze([verboseOption]),
		run: async ({ network }, [option]) => {
			if (option !== undefined && option !== verboseOption) throw unknownOption();
			return networkTable(await network.scan(), option === verboseOption);
		},
	}),
	Object.freeze<Command>({
		name: "wlan_get_rssi",
		abbreviation: "rssi",
		run: ({ network: { rssi } }) => {
			if (rssi === undefined) throw new DmsError(DmsResult.NotJoined);
			return String(rssi);
		},
	}),
]);

async function verify({ network }: Device): Promise<string> {
	const wasUp = network.isUp;
	await network.join(true);
	if (!wasUp) network.down();
	return success;
}

/**
 * Resolves when the network is up; for controllers, which give a command a second and ask for the
 * status then, after half of one at the latest: the join goes on behind the answer.
 */
async function answered(device: Device, joined: Promise<void>, isNamed: boolean): Promise<void> {
	if (!isNamed && !isOn(device, hasHeader)) return joined;
	let isLate = false;
	const outcome = joined.catch((error: unknown) => {
		if (!isLate) throw error;
		if (error instanceof DmsError) device.log("[Not joined: " + error.message + "]");
		else device.host.system.fail(error);
	});
	const { timer } = device.host;
	const pause = new Promise<void>((resolve) => void timer.set(resolve, patienceMilliseconds));
	await Promise.race([outcome, pause]);
	isLate = true;
}

/** No host's name begins with a hyphen: that is an option of Gecko OS's that isn't here. */
function hostName(host: string): string {
	if (host.startsWith("-")) throw unknownOption();
	return host;
}

function checkInterface([option, name, ...more]: readonly string[]): void {
	if (option === undefined) return;
	if (option !== interfaceOption || more.length > 0) throw unknownOption();
	if (name === interfaceName) return;
	const digit = name === undefined ? ErrorDigit.TooFewArguments : ErrorDigit.InvalidArgument;
	throw new CommandError(digit, "This device's network interface is wlan.");
}

function unknownOption(): CommandError {
	return new CommandError(ErrorDigit.UnknownVariable, "`help <command>` lists its options.");
}

/** What a scan has found: as a table, and for a person to choose from. */

import type { Device, Lines } from "../device.js";
import type { AccessPoint } from "../host.js";
import { DmsError, DmsResult } from "../protocol/result.js";
import { setValue, valueOf } from "./values.js";
import { visibleBytes } from "../encoding/visible.js";
import { passkey, ssid } from "./variables/network-variables.js";

const head = "! # Ch RSSI MAC (BSSID)        Network (SSID)";
const verboseHead = "! # Ch RSSI MAC (BSSID)        Rate Security Type  Length Network (SSID)";

/** Stands in a name for each byte that is no UTF-8. */
const notText = "\ufffd";

/** In the columns that controllers know; what the radio doesn't tell is a hyphen. */
export function networkTable(networks: readonly AccessPoint[], isVerbose: boolean): Lines {
	return (index) => {
		if (index === 0) return "! " + networks.length + " networks found";
		if (index === 1) return isVerbose ? verboseHead : head;
		const network = networks[index - 2];
		return network && row(index - 2, network, isVerbose);
	};
}

/** Joins the network that a person chooses; it is not kept until somebody saves. */
export async function joinByHand(device: Device): Promise<void> {
	const networks = await device.network.scan();
	const answer = await device.ask("Number of the network: ", false, networkTable(networks, false));
	const network = networks.find((_, index) => String(index) === answer);
	if (network === undefined) {
		throw new DmsError(DmsResult.BadArgument, "No network has that number. Nothing was changed.");
	}
	if (network.SSID.includes(notText)) {
		throw new DmsError(DmsResult.BadArgument, "Its name is no text. It can't be joined from here.");
	}
	const name = network.SSID || (await device.ask("It hides its name. Name: ", false));
	const secret = network.secure === false ? "" : await device.ask("Passkey: ", true);
	await joinWith(device, name, secret);
}

/** Where a network was up, a failure leaves nothing behind: the device goes back to it. */
async function joinWith(device: Device, name: string, secret: string): Promise<void> {
	const wasUp = device.network.isUp;
	const before = [valueOf(device, ssid), valueOf(device, passkey)] as const;
	try {
		await setValue(device, ssid, name);
		await setValue(device, passkey, secret);
		await device.network.join();
	} catch (error) {
		if (wasUp) {
			await setValue(device, ssid, before[0]);
			await setValue(device, passkey, before[1]);
		}
		throw error;
	}
}

function row(index: number, network: AccessPoint, isVerbose: boolean): string {
	const { SSID, BSSID = "-", RSSI, channel, secure } = network;
	const place =
		"# " +
		String(index).padStart(2) +
		" " +
		String(channel ?? "-").padStart(2) +
		" " +
		String(RSSI).padStart(4) +
		" " +
		BSSID.toUpperCase().padStart(17) +
		" ";
	if (!isVerbose) return place + SSID;
	const security = secure === undefined ? "-" : secure ? "WPA2" : "Open";
	const length = String(visibleBytes(SSID).length).padStart(6);
	return place + "-    " + security.padEnd(8) + " Infra " + length + " " + SSID;
}

/** What a scan has found: as a table, and for a person to choose from. */

import type { Device, Lines } from "../device.js";
import { utf8Length } from "../encoding/utf8.js";
import type { AccessPoint } from "../host.js";
import { DmsError, DmsResult } from "../protocol/result.js";
import { setValue } from "./values.js";
import { passkey, ssid } from "./variables/network-variables.js";

const head = "! # Ch RSSI MAC (BSSID)        Network (SSID)";
const verboseHead = "! # Ch RSSI MAC (BSSID)        Rate Security Type Length Network (SSID)";

/** In the columns that hosts know; what the radio doesn't tell is a hyphen. */
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
	const table = networkTable(networks, false);
	let question = "";
	for (let index = 0; ; index++) {
		const line = table(index);
		if (line === undefined) break;
		question += line + "\r\n";
	}
	const answer = await device.ask(question + "Number of the network: ", false);
	const network = answer === "" ? undefined : networks[Number(answer)];
	if (network === undefined) {
		throw new DmsError(DmsResult.BadArgument, "No network has that number. Nothing was changed.");
	}
	const secret = network.secure === false ? "" : await device.ask("Passkey: ", true);
	await setValue(device, ssid, network.SSID);
	await setValue(device, passkey, secret);
	device.network.down();
	await device.network.up();
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
	return place + "- " + security + " Infra " + utf8Length(SSID) + " " + SSID;
}

/** Where devices reach the service: remembered, put into tokens, and named by its certificate. */

import { parseAddress, portDefault } from "../../../src/protocol/token.js";
import { OperatorError } from "../operator-error.js";
import { appendAudit } from "../storage/audit.js";
import type { Database } from "../storage/schema.js";
import { readSetting, writeSetting } from "../storage/settings.js";
import { serverNamesMaximum } from "./certificates.js";
import { actor } from "./change.js";

/** The remembered addresses; none before somebody has said one. */
export async function readAddresses(database: Database): Promise<string[]> {
	const text = (await readSetting(database, "addresses")) ?? "";
	return text.split(" ").filter((address) => address !== "");
}

/** Remembers these addresses, and returns them as tokens have them. */
export async function writeAddresses(
	database: Database,
	addresses: readonly string[],
	time: number,
): Promise<string[]> {
	const canonical = requireAddresses(addresses);
	const text = canonical.join(" ");
	if (text !== (await readSetting(database, "addresses"))) {
		await writeSetting(database, "addresses", text);
		const subject = "service:" + canonical[0];
		const details = { addresses: text };
		await appendAudit(database, time, {
			actor: actor(),
			action: "service.address",
			subject,
			details,
		});
	}
	return canonical;
}

/** The addresses as tokens have them; throws when one is none, or when there are too many. */
export function requireAddresses(addresses: readonly string[]): string[] {
	if (addresses.length < 1 || addresses.length > serverNamesMaximum) {
		const message = "A service has 1 to " + serverNamesMaximum + " addresses.";
		throw new OperatorError("limit", message);
	}
	return addresses.map(canonicalAddress);
}

/** The hosts of addresses, each once: what the server's certificate is for. */
export function hostsOf(addresses: readonly string[]): string[] {
	const hosts = addresses.map((address) => parseAddress(address)?.host ?? address);
	return [...new Set(hosts)];
}

function canonicalAddress(text: string): string {
	const address = parseAddress(text);
	if (address === undefined) {
		const message = text + " is no address. Write host or host:port, such as dms.example.com:8443";
		throw new OperatorError("address", message);
	}
	return address.port === portDefault ? address.host : address.host + ":" + address.port;
}

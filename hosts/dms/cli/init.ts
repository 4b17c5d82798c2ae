/** `opendms init`: makes a service. */

import type { Command } from "commander";
import { requireAddresses } from "../administration/addresses.js";
import { OperatorError } from "../operator-error.js";
import { openService } from "../service.js";
import { isServiceIn, placeName, placeOf } from "./place.js";
import { lockWaitMilliseconds, printReport } from "./report.js";
import type { Terminal } from "./terminal.js";
import { facts, timeText } from "./text.js";

interface InitOptions {
	readonly address: readonly string[];
	readonly acceptClock?: boolean;
}

export function addInitCommand(program: Command, terminal: Terminal): void {
	program
		.command("init")
		.description("make a service: its database, and a CA for its devices")
		.requiredOption("--address <host:port...>", "where devices will reach it")
		.option("--accept-clock", "make it although the machine's clock looks wrong")
		.action((options: InitOptions, command: Command) => init(options, command, terminal));
}

async function init(options: InitOptions, command: Command, terminal: Terminal): Promise<void> {
	const place = placeOf(command);
	const where = placeName(place);
	const { address: addresses, acceptClock: acceptsClock } = options;
	requireAddresses(addresses);
	const isThere = await isServiceIn(place);
	const service = await openService({ ...place, acceptsClock, lockWaitMilliseconds });
	try {
		// One that broke off, as on a full disk, has said no address yet: this one goes on from there.
		if (isThere && service.addresses.length > 0) {
			const message = "There is a service in " + where + " already. Start it: opendms serve";
			throw new OperatorError("service-exists", message);
		}
		await service.setAddresses(addresses);
		const { fingerprint, expiresAt } = service.certificates.show();
		const [address = ""] = service.addresses;
		const about = facts({ address, "CA's fingerprint": fingerprint, expires: timeText(expiresAt) });
		const next = "Start it: opendms serve\nWho owns products and devices: opendms user add --help";
		const text = "A new service is in " + where + ".\n" + about + "\n" + next;
		printReport(command, terminal, {
			json: { ...("data" in place && place), address, fingerprint, expiresAt },
			text,
		});
	} finally {
		await service.close();
	}
}

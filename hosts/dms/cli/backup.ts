/** `opendms backup` and `opendms restore`. */

import type { Command } from "commander";
import { restoreBackup } from "../administration/backup.js";
import { restoreInto } from "../administration/postgres-restore.js";
import { placeName, placeOf } from "./place.js";
import { printReport, reportHere } from "./report.js";
import type { Terminal } from "./terminal.js";
import { timeText } from "./text.js";

export function addBackupCommands(program: Command, terminal: Terminal): void {
	program
		.command("backup <folder>")
		.description("copy all that the service keeps into a new folder, also while it runs")
		.action((folder: string, _options: object, command: Command) =>
			reportHere(command, terminal, async (service) => {
				await service.backUp(folder);
				const text = folder + " has the CA's private key: keep it as safe as the service itself.";
				return { json: { folder }, text };
			}),
		);

	program
		.command("restore <folder>")
		.description("make a service of a backup, and void its unspent tokens")
		.action((folder: string, _options: object, command: Command) =>
			restore(folder, command, terminal),
		);
}

async function restore(folder: string, command: Command, terminal: Terminal): Promise<void> {
	const place = placeOf(command);
	const time = Math.floor(Date.now() / 1000);
	const restored =
		"data" in place
			? await restoreBackup(folder, place.data, time)
			: await restoreInto(place.database, folder, time);
	const { madeAt, provisioningTokens, claimTokens } = restored;
	const text = [
		placeName(place) + " is as " + folder + " was at " + timeText(madeAt) + ".",
		"Void now, because they may have been used since: " +
			(provisioningTokens + claimTokens) +
			" tokens. Make new ones: opendms token",
		"API tokens, users and passwords are as they were then. Look: opendms api-token list",
		"Devices made since come back by themselves, without owner and product.",
	].join("\n");
	printReport(command, terminal, { json: restored, text });
}

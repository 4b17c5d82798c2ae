/** `opendms backup` and `opendms restore`. */

import type { Command } from "commander";
import { restoreBackup } from "../administration/backup.js";
import { rebuildService } from "../administration/export.js";
import { restoreInto } from "../administration/postgres-restore.js";
import { OperatorError } from "../operator-error.js";
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

/** What is left when the database is lost, and there is no backup of it. */
export function addExportCommands(program: Command, terminal: Terminal): void {
	program
		.command("export <folder>")
		.description("write signed files without secrets, of which a lost service is made again")
		.action((folder: string, _options: object, command: Command) =>
			reportHere(command, terminal, async (service) => {
				await service.export(folder);
				const text =
					folder + " has no key. To use it, ca.key and ca.crt are needed too: keep both.";
				return { json: { folder }, text };
			}),
		);

	program
		.command("rebuild <folder>")
		.description("make a service of exported files, in a data folder with its ca.key and ca.crt")
		.action(async (folder: string, _options: object, command: Command) => {
			const place = placeOf(command);
			if (!("data" in place)) {
				const way = "Rebuild it in a data folder, and move it: opendms backup, opendms restore";
				throw new OperatorError("usage", "Only a data folder is rebuilt. " + way);
			}
			const json = await rebuildService(folder, place.data, Math.floor(Date.now() / 1000));
			const text = [
				`${place.data} is as ${folder} was at ${timeText(json.madeAt)}: ${json.devices} devices.`,
				"Tokens, API tokens and passwords are gone. An invitation: opendms user invite",
			].join("\n");
			printReport(command, terminal, { json, text });
		});
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

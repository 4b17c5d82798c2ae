/** `opendms backup` and `opendms restore`. */

import { spawn } from "node:child_process";
import { readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { inTemporaryFolder } from "../../command/temporary-folder.js";
import { restoreBackup } from "../administration/backup.js";
import { rebuildService } from "../administration/export.js";
import { unfinishedEnd } from "../administration/new-folder.js";
import { restoreInto } from "../administration/postgres-restore.js";
import { OperatorError } from "../operator-error.js";
import { databaseFile } from "../storage/database.js";
import { placeName, placeOf } from "./place.js";
import type { Service } from "../service.js";
import { printReport, reportHere, withServiceHere } from "./report.js";
import type { Terminal } from "./terminal.js";
import { parseCount, timeText } from "./text.js";

export function addBackupCommands(program: Command, terminal: Terminal): void {
	program
		.command("backup <folder>")
		.description("copy all that the service keeps into a new folder, also while it runs")
		.option("--keep <count>", "into one more folder there, of which so many stay", parseCount)
		.addHelpText("after", "\nfolder: - is a tar on standard output, with the folder opendms in it")
		.action((folder: string, { keep }: { readonly keep?: number }, command: Command) => {
			if (folder === "-") return withServiceHere(command, writeTar);
			return reportHere(command, terminal, async (service) => {
				const time = service.now();
				const made = keep === undefined ? folder : join(folder, datedName(time));
				await service.backUp(made);
				if (keep !== undefined) removeOldest(folder, keep, time);
				const text = made + " has the CA's private key: keep it as safe as the service itself.";
				return { json: { folder: made }, text };
			});
		});

	program
		.command("restore <folder>")
		.description("make a service of a backup, and void its unspent tokens")
		.action((folder: string, _options: object, command: Command) =>
			restore(folder, command, terminal),
		);
}

/** The order of names is that of their times. */
const dated = /^opendms-\d{8}T\d{6}Z$/;

function datedName(milliseconds: number): string {
	const time = new Date(milliseconds).toISOString().slice(0, -5);
	return "opendms-" + time.replace(/[-:]/g, "") + "Z";
}

/** So old, one that isn't whole is nobody's who is still at work. */
const unfinishedMilliseconds = 86_400_000;

/**
 * And what was broken off, which has the keys too. Those of the future are of a clock that was
 * ahead, or the clock is behind now: until it comes they neither count nor go.
 */
function removeOldest(folder: string, keep: number, now: number): void {
	const all = readdirSync(folder);
	const names = all.filter((name) => dated.test(name) && name <= datedName(now)).sort();
	const brokenOff = all
		.filter((name) => name.endsWith(unfinishedEnd))
		.map((name) => name.slice(0, -unfinishedEnd.length))
		.filter((name) => dated.test(name) && name < datedName(now - unfinishedMilliseconds));
	for (const name of [...names.slice(0, -keep), ...brokenOff]) {
		const unfinished = join(folder, name + unfinishedEnd);
		// A half of it, were this broken off, is none either.
		if (!brokenOff.includes(name)) renameSync(join(folder, name), unfinished);
		rmSync(unfinished, { recursive: true });
	}
}

/** What is written has the CA's key: the copy that it is made of is nobody else's to read. */
async function writeTar(service: Service): Promise<void> {
	await inTemporaryFolder(async (folder, ended) => {
		await service.backUp(join(folder, "opendms"));
		// The database comes last: a part of it is none.
		const files = readdirSync(join(folder, "opendms"), { recursive: true, encoding: "utf8" })
			.filter((name) => name !== databaseFile)
			.map((name) => join("opendms", name));
		const names = ["opendms", ...files, join("opendms", databaseFile)];
		const words = ["-cf", "-", "-C", folder, "--no-recursion", ...names];
		const stdio = ["ignore", "inherit", "inherit"] as const;
		const tar = spawn("tar", words, { stdio: [...stdio], signal: ended });
		const code = await new Promise((resolve, reject) => {
			tar.on("error", reject);
			tar.on("close", resolve);
		});
		if (code !== 0) throw new OperatorError("backup", "The tar is not whole. Throw it away.");
	});
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
				const way = "Name one with --data, and move it by a backup.";
				throw new OperatorError("usage", "Only a data folder is rebuilt. " + way);
			}
			const json = await rebuildService(folder, place.data, Math.floor(Date.now() / 1000));
			const text = [
				`${place.data} is as ${folder} was at ${timeText(json.madeAt)}: ${json.devices} devices.`,
				"Tokens, API tokens and passwords are gone. An invitation: opendms user invite --help",
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
			" tokens. Make new ones: opendms token --help",
		"API tokens, users and passwords are as they were then. Look: opendms api-token list",
		"Devices made since come back by themselves, without owner and product.",
	].join("\n");
	printReport(command, terminal, { json: restored, text });
}

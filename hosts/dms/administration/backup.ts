/**
 * Backups of a data folder: the database and the keys as they were at one moment.
 *
 * A backup is a data folder itself, but it must be restored, not just served: tokens that are
 * unspent in it may have been spent since, and whoever has seen them would get a second device.
 */

import { copyFileSync, existsSync, mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { sql } from "kysely";
import { openAuthority } from "../authority/open-authority.js";
import { credentialFiles } from "../authority/key-folder.js";
import type { Core } from "../core.js";
import { OperatorError } from "../operator-error.js";
import { appendAudit, lastAudit } from "../storage/audit.js";
import { revokeUnspentClaimTokens } from "../storage/claim-tokens.js";
import { createDatabaseFile, databaseFile, openDatabase } from "../storage/database.js";
import { databaseFailureOf } from "../storage/failures.js";
import { imageNames, imagesFolder } from "../storage/images.js";
import { revokeUnspentProvisioningTokens } from "../storage/provisioning-tokens.js";
import type { Database } from "../storage/schema.js";
import { integrityProblems } from "../storage/sqlite.js";
import { createWriter } from "../storage/writer.js";
import { actor } from "./change.js";
import { makeNewFolder, unfinishedEnd } from "./new-folder.js";
import { exportTo } from "./postgres-backup.js";

/** Beside the images, all of a data folder but its database, which is copied in its own way. */
const keyFiles: readonly string[] = Object.freeze(["ca.key", "ca.crt", "server.key", "server.crt"]);
const backupAction = "service.backup";

export interface Restored {
	/** When the backup was made, in seconds since 1970. */
	readonly madeAt: number;
	/** How many tokens of each kind are void now. */
	readonly provisioningTokens: number;
	readonly claimTokens: number;
}

/**
 * Copies a service, which may be served meanwhile, into a folder that isn't there yet. That it was
 * made is in the copy, and here once there is one.
 */
export async function backUp(
	core: Core,
	data: string | undefined,
	folder: string,
	time: number,
): Promise<void> {
	await makeNewFolder(folder, databaseFile, async (unfinished) => {
		if (data === undefined) await exportTo(unfinished, core);
		else await copyDatabase(core.database, unfinished);
		await inDatabase(unfinished, ({ writer }) => writer.write((copy) => note(copy, time)));
		if (data !== undefined) copyFiles(data, unfinished);
	});
	try {
		await core.writer.write((transaction) => note(transaction, time));
	} catch (error) {
		// Whoever copies a service whose disk is full has his copy, elsewhere.
		const failure = databaseFailureOf(error);
		if (failure?.kind !== "full") throw error;
		core.log({ kind: "fault", during: "noting a backup", error: failure.sentence });
	}
}

function note(database: Database, time: number): Promise<void> {
	return appendAudit(database, time, { actor: actor(), action: backupAction, subject: "service" });
}

async function inDatabase<T>(
	folder: string,
	work: (opened: Pick<Core, "database" | "writer">) => Promise<T>,
): Promise<T> {
	const database = await openDatabase(join(folder, databaseFile));
	try {
		return await work({ database, writer: createWriter(database) });
	} finally {
		await database.destroy();
	}
}

async function copyDatabase(database: Database, folder: string): Promise<void> {
	const copy = join(folder, databaseFile);
	createDatabaseFile(copy);
	await sql`vacuum into ${copy}`.execute(database);
}

/** Makes a data folder, which must not be there yet, of a backup. */
export async function restoreBackup(backup: string, data: string, time: number): Promise<Restored> {
	if (!existsSync(join(backup, databaseFile))) {
		throw new OperatorError("backup", backup + " is not a backup: it has no " + databaseFile + ".");
	}
	if (resolve(backup).endsWith(unfinishedEnd)) {
		throw new OperatorError("backup", backup + " was broken off: it is not whole.");
	}
	return makeNewFolder(data, databaseFile, async (unfinished) => {
		copyFileSync(join(backup, databaseFile), join(unfinished, databaseFile));
		// What a service that was killed has committed last, where its folder was copied.
		copyIfThere(backup, unfinished, databaseFile + "-wal");
		copyFiles(backup, unfinished);
		return bringUp(unfinished, time);
	});
}

/** Makes a copy of a backup fit to be served; fails when its keys are not those of its database. */
function bringUp(folder: string, time: number): Promise<Restored> {
	return inDatabase(folder, async ({ database, writer }) => {
		const [problem] = await integrityProblems(database);
		if (problem !== undefined)
			throw new OperatorError("backup", "The backup is damaged: " + problem);
		await openAuthority({ database, writer }, credentialFiles(folder, "ca"), time);
		return writer.write((transaction) => voidTokens(transaction, time));
	});
}

async function voidTokens(database: Database, time: number): Promise<Restored> {
	const made = await lastAudit(database, backupAction);
	const restored = {
		madeAt: made?.time ?? 0,
		provisioningTokens: await revokeUnspentProvisioningTokens(database, time),
		claimTokens: await revokeUnspentClaimTokens(database, time),
	};
	// Who was logged in then may have logged out since, and a link may have been used.
	for (const table of ["sessions", "invites"] as const) {
		await database.deleteFrom(table).execute();
	}
	await appendAudit(database, time, {
		actor: actor(),
		action: "service.restore",
		subject: "service",
		details: restored,
	});
	return restored;
}

/** The keys, and the images, which are never changed: but one may come or go meanwhile. */
function copyFiles(from: string, to: string): void {
	const images = join(from, imagesFolder);
	if (existsSync(images)) {
		mkdirSync(join(to, imagesFolder));
		for (const digest of imageNames(images)) copyIfThere(images, join(to, imagesFolder), digest);
	}
	for (const name of keyFiles) copyIfThere(from, to, name);
}

function copyIfThere(from: string, to: string, name: string): void {
	try {
		copyFileSync(join(from, name), join(to, name));
	} catch (error) {
		if (existsSync(join(from, name))) throw error;
	}
}

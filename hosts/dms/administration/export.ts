/**
 * The way back for a service that has lost its database: signed files of what devices rely on,
 * without a secret. With the CA's key beside them, a service is made of them again.
 */

import { createHash, createPublicKey, sign, verify } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { sql } from "kysely";
import { toHex } from "../../../src/encoding/bytes.js";
import type { Credential } from "../authority/credential.js";
import {
	followingMaximum,
	followingNames,
	keepRow,
	readAuthority,
	retiredNames,
	rowOf,
} from "../authority/following.js";
import { credentialFiles, sync, writeDurably } from "../authority/key-folder.js";
import { sha256 } from "../digest.js";
import { sourceOf } from "../byte-source.js";
import type { Core } from "../core.js";
import { OperatorError } from "../operator-error.js";
import { appendAudit } from "../storage/audit.js";
import { createDatabaseFile, databaseFile, openDatabase } from "../storage/database.js";
import { imageFolder, imagesFolder } from "../storage/images.js";
import type { Database, Schema } from "../storage/schema.js";
import { writeSetting } from "../storage/settings.js";
import { createWriter } from "../storage/writer.js";
import { makeNewFolder } from "./new-folder.js";
import { actor } from "./change.js";

/** Tables behind those that they refer to. Tokens, passwords and sessions are not among them. */
const tables = [
	...(["users", "products", "productUsers", "productKeys", "devices", "deletedDevices"] as const),
	...(["replacedKeys", "certificates", "revokedCertificates", "revocationLists"] as const),
	...(["bundles", "bundleTags", "steppingStones", "batches", "batchBoards"] as const),
] as const satisfies readonly (keyof Schema)[];
/** Of the settings, what isn't this machine's. */
const settings = ["addresses", "revocationList", "authorities", "retiredAuthorities"];

const contentFile = "service.json";
const signatureFile = "service.json.sig";
const context = "opendms export 1";
const fileMode = 0o600;
/** Less than the 32,766 values that SQLite takes at once. */
const rowsMaximum = 500;

type Row = { readonly [column: string]: unknown };

interface Content {
	/** Seconds since 1970. */
	readonly madeAt: number;
	/** The CA's fingerprint, hexadecimal. */
	readonly authority: string;
	readonly settings: readonly Row[];
	readonly tables: { readonly [table: string]: readonly Row[] };
}

export interface Rebuilt {
	/** When the files were made, in seconds since 1970. */
	readonly madeAt: number;
	readonly devices: number;
	readonly bundles: number;
}

/** Writes a service, which may be served meanwhile, into a folder that isn't there yet. */
export async function exportService(core: Core, folder: string, time: number): Promise<void> {
	await makeNewFolder(folder, signatureFile, (unfinished) => exportTo(unfinished, core, time));
}

async function exportTo(folder: string, core: Core, time: number): Promise<void> {
	const content = await core.writer.write(async (database) => {
		const entry = { actor: actor(), action: "service.export", subject: "service" };
		await appendAudit(database, time, entry);
		return contentOf(database, toHex(core.authority.fingerprint), time);
	});
	mkdirSync(join(folder, imagesFolder));
	for (const digest of imagesIn(content)) {
		const length = await core.images.lengthOf(digest);
		if (length === undefined) continue; // Only of a withdrawn bundle.
		const image = await core.images.read(digest, 0, length);
		writeDurably(join(folder, imagesFolder, digest), image, fileMode);
	}
	const bytes = Buffer.from(JSON.stringify(content, bytesToText));
	writeDurably(join(folder, contentFile), bytes, fileMode);
	const { authority, authorities } = core;
	const signer = authority.hasKey ? authority : authorities.oldest;
	const signature = sign("sha256", signed(bytes), signer.credential.privateKey);
	writeDurably(join(folder, signatureFile), signature, fileMode);
}

async function contentOf(database: Database, authority: string, time: number): Promise<Content> {
	const rows: { [table: string]: readonly Row[] } = {};
	for (const table of tables) rows[table] = await database.selectFrom(table).selectAll().execute();
	const kept = database.selectFrom("settings").selectAll().where("name", "in", settings);
	return { madeAt: time, authority, settings: await kept.execute(), tables: rows };
}

/**
 * Makes the database of a data folder that has its CA's key and certificate, and nothing else of a
 * service. What isn't as that CA has signed it is refused, and nothing is made.
 */
export async function rebuildService(folder: string, data: string, time: number): Promise<Rebuilt> {
	const path = join(data, databaseFile);
	if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > 0) {
		throw new OperatorError("service-exists", `There is a service in ${data}. Move it away.`);
	}
	const unfinished = path + ".new";
	remove(unfinished);
	createDatabaseFile(unfinished);
	const database = await openDatabase(unfinished);
	try {
		const content = await contentIn(folder, data, database);
		await copyImages(folder, data, content);
		await createWriter(database).write(async (transaction) => {
			await fill(transaction, content, time);
			await takeFollowing(transaction, data);
		});
		// All is in the one file, which can get its place.
		await sql`pragma journal_mode = delete`.execute(database);
		await database.destroy();
		sync(unfinished);
		renameSync(unfinished, path);
		sync(data);
		return summaryOf(content);
	} catch (error) {
		await database.destroy();
		remove(unfinished);
		throw error;
	}
}

/** A database, and the files that SQLite has beside it. */
function remove(path: string): void {
	for (const end of ["", "-wal", "-shm"]) rmSync(path + end, { force: true });
}

/** The content that the data folder's CA has signed. */
async function contentIn(folder: string, data: string, database: Database): Promise<Content> {
	const first = await credentialFiles(data, "ca").readCertificate(database);
	const keys = await keysIn(data, database);
	if (first === undefined || keys.length === 0) {
		const message = `${data} has no ca.key and ca.crt. Put them there, from where they are kept.`;
		throw new OperatorError("authority", message);
	}
	if (!existsSync(join(folder, contentFile)) || !existsSync(join(folder, signatureFile))) {
		throw new OperatorError("backup", `${folder} was not made by opendms export.`);
	}
	const bytes = readFileSync(join(folder, contentFile));
	const signature = readFileSync(join(folder, signatureFile));
	// The first CA's, or, where that has lost its key, a later one's.
	const isBy = ({ privateKey }: Credential): boolean =>
		verify("sha256", signed(bytes), createPublicKey(privateKey), signature);
	if (!keys.some(isBy)) {
		const message = `${folder} isn't as this service's CA has signed it. Take another copy.`;
		throw new OperatorError("backup", message);
	}
	const content: Content = JSON.parse(bytes.toString("utf8"), textToBytes);
	if (content.authority === toHex(sha256(first))) return content;
	throw new OperatorError("authority", `ca.crt in ${data} is another one than that of ${folder}.`);
}

/** Of the CAs whose keys are in the folder. */
async function keysIn(data: string, database: Database): Promise<Credential[]> {
	const names = [
		"ca",
		...Array.from({ length: followingMaximum }, (_, index) => rowOf(index)),
	] as const;
	const all = await Promise.all(names.map((name) => credentialFiles(data, name).read(database)));
	return all.filter((credential) => credential !== undefined);
}

async function copyImages(folder: string, data: string, content: Content): Promise<void> {
	const images = imageFolder(data);
	for (const digest of imagesIn(content)) {
		const path = join(folder, imagesFolder, digest);
		if (!existsSync(path) && !isNeeded(content, digest)) continue;
		const image = existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
		if (createHash("sha256").update(image).digest("hex") !== digest) {
			throw new OperatorError("backup", `${path} is not the image that was signed. Take another.`);
		}
		await images.put(digest, sourceOf(image));
	}
}

async function fill(database: Database, content: Content, time: number): Promise<void> {
	await writeSetting(database, "authority", content.authority);
	await insert(database, "settings", content.settings);
	for (const table of tables) await insert(database, table, content.tables[table] ?? []);
	const details = { ...summaryOf(content) };
	const entry = { actor: actor(), action: "service.rebuild", subject: "service", details };
	await appendAudit(database, time, entry);
}

/** The CAs that follow the first have their keys in the database: from the folder's files. */
async function takeFollowing(database: Database, data: string): Promise<void> {
	for (const [index, fingerprint] of (await followingNames(database)).entries()) {
		const name = rowOf(index);
		const files = credentialFiles(data, name);
		const isRetired = (await retiredNames(database)).includes(fingerprint);
		const authority = await readAuthority(database, files, isRetired);
		if (authority === undefined || toHex(authority.fingerprint) !== fingerprint) {
			const files = `${name}.key and ${name}.crt of the CA ${fingerprint.slice(0, 16)}`;
			const way = "Put them there, from where opendms cert keys has copied them.";
			throw new OperatorError("authority", `${data} has no ${files}. ${way}`);
		}
		await keepRow(database, name, authority);
	}
}

async function insert(
	database: Database,
	table: keyof Schema,
	rows: readonly Row[],
): Promise<void> {
	for (let start = 0; start < rows.length; start += rowsMaximum) {
		const part = rows.slice(start, start + rowsMaximum);
		await database
			.insertInto(table)
			.values(part as never)
			.execute();
	}
}

function summaryOf({ madeAt, tables: { devices = [], bundles = [] } }: Content): Rebuilt {
	return { madeAt, devices: devices.length, bundles: bundles.length };
}

function imagesIn({ tables: { bundles = [] } }: Content): Set<string> {
	return new Set(bundles.map(({ digest }) => String(digest)));
}

function isNeeded({ tables: { bundles = [] } }: Content, digest: string): boolean {
	return bundles.some((bundle) => bundle["digest"] === digest && bundle["withdrawnAt"] === null);
}

function signed(bytes: Uint8Array): Uint8Array {
	return Buffer.concat([Buffer.from(context + "\0"), bytes]);
}

/** Bytes in JSON. A `Buffer` has become `{type, data}` by then. */
function bytesToText(this: Row, name: string, value: unknown): unknown {
	const one = this[name];
	return one instanceof Uint8Array ? { base64: Buffer.from(one).toString("base64") } : value;
}

function textToBytes(_: string, value: unknown): unknown {
	const isBytes = typeof value === "object" && value !== null && "base64" in value;
	return isBytes ? Uint8Array.from(Buffer.from(String(value.base64), "base64")) : value;
}

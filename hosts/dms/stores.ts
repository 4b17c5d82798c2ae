/** Where a service keeps what it has: a folder, a PostgreSQL database, or memory. */

import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { type Authorities, authoritiesOf } from "./authority/authorities.js";
import type { Authority } from "./authority/authority.js";
import { readAuthorities } from "./authority/following.js";
import { credentialFiles, openKeyFolder } from "./authority/key-folder.js";
import { credentialRow } from "./authority/key-table.js";
import { openAuthority } from "./authority/open-authority.js";
import type { CredentialStore } from "./authority/server-identity.js";
import { checkClock } from "./clock.js";
import type { Core } from "./core.js";
import { OperatorError } from "./operator-error.js";
import { databaseFile, memory, openDatabase } from "./storage/database.js";
import { imageFolder, imageMemory, type ImageStore, imageTable } from "./storage/images.js";
import type { PostgresUrl } from "./storage/postgres.js";
import type { Database } from "./storage/schema.js";
import { createWriter, type Writer } from "./storage/writer.js";

export type StoreOptions = FolderOptions | PostgresOptions | MemoryOptions;

export interface SharedOptions {
	/** The operator vouches for a clock that would be refused: see `checkClock`. */
	readonly acceptsClock?: boolean | undefined;
	/** How long a change waits while another process has the database locked. Default: 2 seconds. */
	readonly lockWaitMilliseconds?: number | undefined;
}

export interface FolderOptions extends SharedOptions {
	/** The data folder; made when it isn't there, with a new CA. */
	readonly data: string;
}

/** Everything is in the database: processes on any number of machines serve the same. */
export interface PostgresOptions extends SharedOptions {
	/** Where nothing of ours is in it, all is made, with a new CA. */
	readonly database: PostgresUrl;
	/** The CA of a new service, see `createAuthority`. Default: one of its own. */
	readonly authority?: Authority | undefined;
}

export interface MemoryOptions {
	/** The database is gone when the service is closed. */
	readonly database: typeof memory;
	/** Its CA, see `createAuthority`. One may serve any number of services. */
	readonly authority: Authority;
}

export interface Stores {
	/** The data folder, if there is one. */
	readonly data?: string;
	readonly database: Database;
	readonly writer: Writer;
	/** The first CA. */
	readonly authority: Authority;
	readonly authorities: Authorities;
	readonly images: ImageStore;
	readonly serverStore: CredentialStore;
}

/** Opens them; what isn't there is made, with a new CA. */
export async function openStores(options: StoreOptions, time: number): Promise<Stores> {
	if (!("database" in options)) return openFolder(options, time);
	if (options.database !== memory) return openShared(options, time);
	const { authority } = options;
	const database = await openDatabase(memory);
	const stores = { images: imageMemory(), serverStore: memoryStore() };
	const authorities = authoritiesOf(authority, []);
	return { database, writer: createWriter(database), authority, authorities, ...stores };
}

async function openFolder(options: FolderOptions, time: number): Promise<Stores> {
	const { data } = options;
	openKeyFolder(data);
	requireDatabaseOf(data);
	return opened(join(data, databaseFile), options, async (core) => {
		await checkClock(core, time, options.acceptsClock ?? false);
		const authority = await openAuthority(core, credentialFiles(data, "ca"), time);
		const authorities = await readAuthorities(core.database, authority);
		const chain = [authorities.at(time).credential.certificate];
		const serverStore = credentialFiles(data, "server", chain);
		return { data, authority, authorities, images: imageFolder(data), serverStore };
	});
}

/** The server's files are made when there is a service: without its database they are a rest. */
function requireDatabaseOf(data: string): void {
	const file = join(data, databaseFile);
	const isEmpty = (statSync(file, { throwIfNoEntry: false })?.size ?? 0) === 0;
	if (!isEmpty || !existsSync(join(data, "server.crt"))) return;
	const way =
		"Restore a backup: opendms restore --help. To begin anew, move the folder away first.";
	throw new OperatorError("database", `${data} has a service's keys, and not its database. ${way}`);
}

async function openShared(options: PostgresOptions, time: number): Promise<Stores> {
	return opened(options.database, options, async (core) => {
		await checkClock(core, time, options.acceptsClock ?? false);
		const authority = await openAuthority(core, credentialRow("ca"), time, options.authority);
		const authorities = await readAuthorities(core.database, authority);
		const images = imageTable(core.database, core.writer);
		return { authority, authorities, images, serverStore: credentialRow("server") };
	});
}

/** What is found in a database, which is closed again when that fails. */
async function opened(
	location: string,
	{ lockWaitMilliseconds: lockWait }: SharedOptions,
	find: (core: Pick<Core, "database" | "writer">) => Promise<Omit<Stores, "database" | "writer">>,
): Promise<Stores> {
	const database = await openDatabase(location, lockWait);
	try {
		const core = { database, writer: createWriter(database, lockWait) };
		return { ...core, ...(await find(core)) };
	} catch (error) {
		await database.destroy();
		throw error;
	}
}

/** Keeps nothing: the identity itself remembers what it uses. */
function memoryStore(): CredentialStore {
	const nothing = async () => undefined;
	return { read: nothing, readCertificate: nothing, write: nothing, forgetKey: nothing };
}

/**
 * The Device Management Service as an object: requests in, responses out, and its operator's work.
 *
 * It opens no socket and has no timer, and its only clock is the one it is given. So a listener, a
 * command line and a simulator use the same one. Nothing is remembered outside its storage.
 */

import { administrationOf } from "./administration/administration.js";
import { hostsOf, readAddresses, writeAddresses } from "./administration/addresses.js";
import type { ApiTokens } from "./administration/api-tokens.js";
import { backUp } from "./administration/backup.js";
import type { Batches } from "./administration/batches.js";
import type { Bundles } from "./administration/bundles.js";
import type { AuthorityCertificate, Certificates } from "./administration/certificates.js";
import { check, type Checked } from "./administration/check.js";
import { exportService } from "./administration/export.js";
import type { Devices } from "./administration/devices.js";
import { change } from "./administration/change.js";
import type { Invite } from "./administration/invites.js";
import type { FactoryImages } from "./administration/factory-images.js";
import { seenOf } from "./administration/seen.js";
import { inviteFirstAdmin, writePage } from "./administration/page.js";
import type { SteppingStones } from "./administration/stepping-stones.js";
import type { RollOuts } from "./administration/roll-outs.js";
import type { Revocations } from "./administration/revocations.js";
import type { Products } from "./administration/products.js";
import type { Tokens } from "./administration/tokens.js";
import type { Users } from "./administration/users.js";
import {
	createCrossIdentity,
	createServerIdentity,
	type FollowingFiles,
	followingFiles,
	type TlsFiles,
	tlsFiles,
} from "./authority/server-identity.js";
import { type Clocks, createClockDoubt, machineClocks } from "./clock-jump.js";
import { type Core, timeOf } from "./core.js";
import { type Answer, toResponse } from "./endpoint/answer.js";
import { createApp } from "./endpoint/app.js";
import { type Incoming, incomingOf } from "./endpoint/incoming.js";
import type { Log } from "./log.js";
import { OperatorError } from "./operator-error.js";
import { createIdempotencyKeys, type IdempotencyKeys } from "./api/idempotency-keys.js";
import { createPasswordHashes, type ScryptCost } from "./people/password-hash.js";
import { createSessions, type Sessions } from "./people/sessions.js";
import { createPruning, type Pruning } from "./pruning/pruning.js";
import { type AuditFilter, auditPages, type StoredAuditEntry } from "./storage/audit.js";
import { countDevices, type FleetCount } from "./storage/fleet.js";
import { collect, type Part } from "./storage/pages.js";
import { createProductCache } from "./storage/product-cache.js";
import type { Database } from "./storage/schema.js";
import { createLastSeen } from "./storage/last-seen.js";
import type { Writer } from "./storage/writer.js";
import { openStores, type StoreOptions } from "./stores.js";
import { createImageGuard, type ImageGuard, neededImages } from "./storage/image-check.js";

export type ServiceOptions = StoreOptions & {
	/**
	 * Where devices reach the service, `host` or `host:port`: tokens carry the first, the server's
	 * certificate is for the hosts of all. Remembered; default: those remembered.
	 */
	readonly addresses?: readonly string[] | undefined;
	/** Milliseconds since 1970. Default: the machine's clock, which is doubted when it jumps. */
	readonly now?: (() => number) | undefined;
	/** The clocks of the machine, where `now` isn't given. */
	readonly clocks?: Clocks | undefined;
	/** What a password's hash costs who makes one. Default: what OWASP recommends. */
	readonly passwordCost?: ScryptCost | undefined;
	/** Default: nothing is logged. */
	readonly log?: Log | undefined;
};

/** What is done to a service by those who run it, here or from elsewhere. */
export interface Administration {
	readonly users: Users;
	readonly products: Products;
	readonly tokens: Omit<Tokens, "list">;
	readonly batches: Batches;
	readonly devices: Omit<Devices, "list">;
	readonly bundles: Omit<Bundles, "read" | "receive">;
	readonly factoryImages: Omit<FactoryImages, "read" | "receive">;
	readonly rollOuts: RollOuts;
	readonly steppingStones: SteppingStones;
	readonly certificates: Pick<Certificates, "list"> & {
		show(): AuthorityCertificate | Promise<AuthorityCertificate>;
	};
	readonly revocations: Revocations;
	readonly apiTokens: Omit<ApiTokens, "find">;
	/**
	 * The newest entries of the audit log, oldest first, page by page; with `after`, the first
	 * entries behind that one.
	 */
	auditPages(part: Part<number>, filter?: AuditFilter): AsyncIterable<readonly StoredAuditEntry[]>;
	close(): Promise<void>;
}

export interface Service extends Administration {
	/** Answers a request; never fails. */
	answer(incoming: Incoming): Promise<Answer>;
	/**
	 * The same for a `Request`, whose URL is taken at its word: its scheme says whether it came
	 * through TLS, its path and query are what was sent. `incoming` knows better.
	 */
	fetch(request: Request, incoming?: Pick<Incoming, "target" | "isEncrypted">): Promise<Response>;
	readonly tokens: Tokens;
	readonly bundles: Bundles;
	readonly devices: Devices;
	readonly certificates: Certificates;
	readonly factoryImages: FactoryImages;
	readonly apiTokens: ApiTokens;
	/** People who log in. */
	readonly sessions: Sessions;
	/** Changes that may be asked for again. */
	readonly repeats: IdempotencyKeys;
	readonly pruning: Pruning;
	/** Whether all that it keeps is whole. */
	check(): Promise<Checked>;
	/** The images that devices may get, and whether they are whole. */
	readonly images: ImageGuard & { needed(): ReturnType<typeof neededImages> };
	/** The newest entries of the audit log, oldest first. */
	audit(limit: number, filter?: AuditFilter): Promise<StoredAuditEntry[]>;
	/** How many devices there are of each kind; reads all of them. */
	countDevices(): Promise<FleetCount[]>;
	/** A digest of what people change of a subject such as `product:ACME-LAMP`: see `asSeen`. */
	seen(subject: string): Promise<string>;
	/** Where devices reach the service; the first is what tokens carry. */
	readonly addresses: readonly string[];
	setAddresses(addresses: readonly string[]): Promise<void>;
	/**
	 * Says where people reach the page, for links to it: a URL without a path. Resolves with an
	 * invitation for the first admin, where none can log in yet and none is invited.
	 */
	openPage(url: string): Promise<Invite | undefined>;
	/** Key and certificates to serve TLS with, now: ask again from time to time, they are renewed. */
	serverFiles(): Promise<TlsFiles>;
	/** The same key with certificates by each of several CAs, for who names one. */
	followingFiles(): Promise<FollowingFiles[]>;
	now(): number;
	/** Its data folder, if it has one. */
	readonly folder: string | undefined;
	readonly log: Log;
	/** Writes what is only in memory: when devices were seen. */
	flush(): Promise<void>;
	/** Copies all that it keeps, as it is now, into a new data folder, for `restoreBackup`. */
	backUp(folder: string): Promise<void>;
	/** Writes signed files without a secret, for `rebuildService`. */
	export(folder: string): Promise<void>;
}

/** What a service without an address calls itself: it can be asked, but makes no tokens. */
const hostDefault = "localhost";

export async function openService(options: ServiceOptions): Promise<Service> {
	const { log = () => {}, now, clockDoubt } = { ...options, ...clockOf(options) };
	const stores = await openStores(options, Math.floor(now() / 1000));
	const { database, writer, authority, authorities } = stores;
	const identity = createServerIdentity(stores, authorities.at, stores.serverStore);
	let addresses: readonly string[] = await readAddresses(database);
	let hosts = certifiedHosts(addresses);
	const serverCredential = () => identity.current(hosts, timeOf(core));
	const serverCredentialBy = createCrossIdentity(
		() => authorities.at(timeOf(core)),
		serverCredential,
		(by, key) => by.certifyServer(key, hosts, timeOf(core)),
	);
	const { images } = stores;
	const core: Core = {
		...{ database, writer, data: stores.data, ...createCaches(writer, log) },
		...{ authority, authorities, images, imageGuard: createImageGuard(images), now, log },
		...{ serverCredential, serverCredentialBy, clockDoubt },
	};
	const answer = createApp(core);
	const service: Service = {
		answer,
		fetch: fetchOf(answer, now),
		...administrationOf(core, () => firstOf(addresses)),
		...peopleOf(core, options),
		...maintenanceOf(core),
		...readingOf(database),
		get addresses() {
			return addresses;
		},
		async setAddresses(wanted) {
			addresses = await change(core, (transaction, time) =>
				writeAddresses(transaction, wanted, time),
			);
			hosts = certifiedHosts(addresses);
		},
		serverFiles: async () => {
			const authority = authorities.at(timeOf(core));
			return tlsFiles(authority, await serverCredentialBy(authority));
		},
		followingFiles: () => followingFiles(core),
		...{ now, log, folder: stores.data },
		backUp: (folder) => backUp(core, stores.data, folder, timeOf(core)),
		export: (folder) => exportService(core, folder, timeOf(core)),
		flush: () => core.lastSeen.flush(),
		close: () => close(core),
	};
	if (options.addresses !== undefined) await setFirstAddresses(service, options.addresses);
	return service;
}

/** A clock that somebody has given is his to set. */
function clockOf({
	clocks = machineClocks,
	now,
}: ServiceOptions): Pick<Core, "now" | "clockDoubt"> {
	if (now !== undefined) return { now, clockDoubt: () => undefined };
	return { now: clocks.now, clockDoubt: createClockDoubt(clocks) };
}

function readingOf(
	database: Database,
): Pick<Service, "audit" | "auditPages" | "countDevices" | "seen"> {
	return {
		audit: (limit, filter) => collect(auditPages(database, { limit }, filter)),
		auditPages: (part, filter) => auditPages(database, part, filter),
		countDevices: () => countDevices(database),
		seen: (subject) => seenOf(database, subject),
	};
}

async function close({ database, lastSeen }: Core): Promise<void> {
	await lastSeen.flush().catch(() => undefined); // The database is out of order already.
	await database.destroy();
}

function peopleOf(
	core: Core,
	{ passwordCost }: Pick<ServiceOptions, "passwordCost">,
): Pick<Service, "sessions" | "repeats" | "openPage"> {
	return {
		sessions: createSessions(core, createPasswordHashes(passwordCost)),
		repeats: createIdempotencyKeys(core),
		openPage: (url) =>
			change(core, async (transaction, time) => {
				await writePage(transaction, url, time);
				return inviteFirstAdmin(transaction, time);
			}),
	};
}

function maintenanceOf(core: Core): Pick<Service, "pruning" | "check" | "images"> {
	const needed = () => neededImages(core.database);
	const images = { ...core.imageGuard, needed };
	return { pruning: createPruning(core), check: () => check(core), images };
}

/** For whom the server's certificate is. */
function certifiedHosts(addresses: readonly string[]): readonly string[] {
	return addresses.length > 0 ? hostsOf(addresses) : [hostDefault];
}

function fetchOf(answer: Service["answer"], now: () => number): Service["fetch"] {
	return async (request, incoming) =>
		toResponse(await answer({ ...incomingOf(request), ...incoming }), now());
}

function createCaches(writer: Writer, log: Log): Pick<Core, "lastSeen" | "products"> {
	const onError = (error: unknown) =>
		log({ kind: "fault", during: "noting when devices were seen", error });
	return { lastSeen: createLastSeen(writer, onError), products: createProductCache() };
}

async function setFirstAddresses(service: Service, addresses: readonly string[]): Promise<void> {
	try {
		await service.setAddresses(addresses);
	} catch (error) {
		await service.close();
		throw error;
	}
}

function firstOf(addresses: readonly string[]): string {
	const [address] = addresses;
	if (address !== undefined) return address;
	throw new OperatorError(
		"address",
		"Say first where devices reach the service: opendms serve --address dms.example.com:8443",
	);
}

/** Products: what devices become, who may make them so, and whether they may leave. */

import { nameLengthMaximum } from "../../../src/protocol/messages.js";
import { isVersion } from "../../../src/protocol/version.js";
import type { Core } from "../core.js";
import { requirePlatform, requireProductCode } from "../names.js";
import { OperatorError } from "../operator-error.js";
import { appendAudit } from "../storage/audit.js";
import {
	deleteProduct,
	deleteShare,
	type Dependent,
	findProduct,
	insertProduct,
	insertShare,
	isProductIn,
	listProducts,
	sharedUsers,
	updateProduct,
} from "../storage/products.js";
import { countVersions, type VersionCount } from "../storage/fleet.js";
import type { Database, ProductRow } from "../storage/schema.js";
import { actor, change, requireProduct, requireUser } from "./change.js";

export interface NewProduct {
	/** Upper case, in parts with hyphens between, such as `ACME-LAMP`. */
	readonly code: string;
	readonly title: string;
	/** The kind of hardware its firmware is for, such as `esp32`. */
	readonly platform: string;
	/** The user who owns it. */
	readonly owner: string;
	/** A device never leaves a production product. */
	readonly production?: boolean;
	/** A device on a locked product can't be claimed. */
	readonly locked?: boolean;
}

export interface Product extends Required<NewProduct> {
	/** Users besides the owner who may use it. */
	readonly sharedWith: readonly string[];
	/** The lowest version that is still offered to devices. */
	readonly floor: string;
	/** Seconds after which devices ask for updates again. */
	readonly updateInterval: number;
	/** Seconds since 1970. */
	readonly addedAt: number;
}

/** What is to be another; the rest stays. */
export type ProductChanges = Partial<
	Pick<NewProduct, "title" | "platform" | "owner" | "production">
>;

export interface Products {
	add(product: NewProduct): Promise<Product>;
	/** Platform and production can be corrected as long as no device, key or bundle is there. */
	set(code: string, changes: ProductChanges): Promise<Product>;
	/** Removes a product that no device is on and that has no bundle, with its activation tokens. */
	remove(code: string): Promise<void>;
	list(): Promise<Product[]>;
	show(code: string): Promise<Product>;
	/** How many of its devices run each version, as they have told it last. */
	versions(code: string): Promise<VersionCount[]>;
	/** Lets another user activate devices to it. */
	share(code: string, user: string): Promise<void>;
	unshare(code: string, user: string): Promise<void>;
	lock(code: string): Promise<void>;
	unlock(code: string): Promise<void>;
	/** No version below is offered any more. */
	setFloor(code: string, version: string): Promise<void>;
	/** How often devices ask for updates, in seconds. */
	setUpdateInterval(code: string, seconds: number): Promise<void>;
}

/** Any version may be offered. */
const floorDefault = "0.0.0.0";
/** Once a day is often enough for people, and little for a service. */
const updateIntervalDefaultSeconds = 86_400;
/** A device takes no less. */
const updateIntervalMinimumSeconds = 60;
const updateIntervalMaximumSeconds = 30 * 86_400;

export function createProducts(core: Core): Products {
	return {
		add: (product) => change(core, (database, time) => addProduct(database, product, time)),
		set: (code, changes) =>
			change(core, (database, time) => setProduct(database, code, changes, time)),
		remove: (code) => change(core, (database, time) => removeProduct(database, code, time)),
		list: async () => {
			const rows = await listProducts(core.database);
			return Promise.all(rows.map((row) => productOf(core.database, row)));
		},
		show: async (code) => productOf(core.database, await requireProduct(core.database, code)),
		versions: async (code) => {
			await requireProduct(core.database, code);
			return countVersions(core.database, code);
		},
		share: (code, user) => change(core, (database, time) => share(database, code, user, time)),
		unshare: (code, user) => change(core, (database, time) => unshare(database, code, user, time)),
		lock: (code) => change(core, (database, time) => lock(database, code, true, time)),
		unlock: (code) => change(core, (database, time) => lock(database, code, false, time)),
		setFloor: (code, floor) =>
			change(core, (database, time) => setFloor(database, code, floor, time)),
		setUpdateInterval: (code, seconds) =>
			change(core, (database, time) => setUpdateInterval(database, code, seconds, time)),
	};
}

async function addProduct(database: Database, product: NewProduct, time: number): Promise<Product> {
	const { code, title, platform, owner, production = false, locked = false } = product;
	requireProductCode(code);
	requireTitle(title);
	requirePlatform(platform);
	await requireUser(database, owner);
	if ((await findProduct(database, code)) !== undefined) {
		const message = "There is a product " + code + ". Choose another code.";
		throw new OperatorError("product-exists", message);
	}
	const flags = { production: production ? 1 : 0, locked: locked ? 1 : 0 };
	const updates = { floor: floorDefault, updateInterval: updateIntervalDefaultSeconds };
	const row = { code, title, platform, owner, ...flags, ...updates, addedAt: time };
	await insertProduct(database, row);
	const details = { title, platform, owner, ...flags };
	const subject = "product:" + code;
	await appendAudit(database, time, { actor: actor(), action: "product.add", subject, details });
	return productOf(database, row);
}

async function setProduct(
	database: Database,
	code: string,
	changes: ProductChanges,
	time: number,
): Promise<Product> {
	const before = await requireProduct(database, code);
	const { title = before.title, platform = before.platform, owner = before.owner } = changes;
	const production = (changes.production ?? before.production === 1) ? 1 : 0;
	requireTitle(title);
	requirePlatform(platform);
	await requireUser(database, owner);
	if (platform !== before.platform || production !== before.production) {
		await requireUnused(database, code, ["devices", "bundles", "productKeys"]);
	}
	const values = { title, platform, owner, production };
	await updateProduct(database, code, values);
	await deleteShare(database, code, owner);
	const entry = { actor: actor(), action: "product.set", subject: "product:" + code };
	await appendAudit(database, time, { ...entry, details: values });
	return productOf(database, { ...before, ...values });
}

async function removeProduct(database: Database, code: string, time: number): Promise<void> {
	await requireProduct(database, code);
	await requireUnused(database, code, ["devices", "bundles"]);
	await deleteProduct(database, code);
	const entry = { actor: actor(), action: "product.remove", subject: "product:" + code };
	await appendAudit(database, time, entry);
}

const dependents = Object.freeze({ devices: "devices", bundles: "bundles", productKeys: "a key" });

async function requireUnused(
	database: Database,
	code: string,
	tables: readonly Dependent[],
): Promise<void> {
	for (const table of tables) {
		if (!(await isProductIn(database, table, code))) continue;
		const message = code + " has " + dependents[table] + ", so it has to stay as it is.";
		throw new OperatorError("product-used", message);
	}
}

async function share(database: Database, code: string, user: string, time: number): Promise<void> {
	const product = await requireProduct(database, code);
	await requireUser(database, user);
	const users = [product.owner, ...(await sharedUsers(database, code))];
	if (users.includes(user)) return;
	await insertShare(database, code, user);
	await auditUser(database, time, "product.share", code, user);
}

async function unshare(
	database: Database,
	code: string,
	user: string,
	time: number,
): Promise<void> {
	await requireProduct(database, code);
	if (!(await sharedUsers(database, code)).includes(user)) {
		const message = code + " is not shared with " + user + ". See: opendms product show " + code;
		throw new OperatorError("share-unknown", message);
	}
	await deleteShare(database, code, user);
	await auditUser(database, time, "product.unshare", code, user);
}

async function auditUser(
	database: Database,
	time: number,
	action: string,
	code: string,
	user: string,
): Promise<void> {
	const subject = "product:" + code;
	await appendAudit(database, time, { actor: actor(), action, subject, details: { user } });
}

async function lock(
	database: Database,
	code: string,
	locked: boolean,
	time: number,
): Promise<void> {
	const product = await requireProduct(database, code);
	if ((product.locked === 1) === locked) return;
	await updateProduct(database, code, { locked: locked ? 1 : 0 });
	const action = locked ? "product.lock" : "product.unlock";
	await appendAudit(database, time, { actor: actor(), action, subject: "product:" + code });
}

async function setFloor(
	database: Database,
	code: string,
	floor: string,
	time: number,
): Promise<void> {
	await requireProduct(database, code);
	if (!isVersion(floor)) {
		throw new OperatorError("name", floor + " is no version: four numbers such as 1.4.0.28.");
	}
	await updateProduct(database, code, { floor });
	const entry = { actor: actor(), action: "product.floor", subject: "product:" + code };
	await appendAudit(database, time, { ...entry, details: { floor } });
}

async function setUpdateInterval(
	database: Database,
	code: string,
	updateInterval: number,
	time: number,
): Promise<void> {
	await requireProduct(database, code);
	const isTaken =
		updateInterval >= updateIntervalMinimumSeconds &&
		updateInterval <= updateIntervalMaximumSeconds;
	if (!isTaken) throw new OperatorError("limit", "Devices ask every 60 seconds to 30 days.");
	await updateProduct(database, code, { updateInterval });
	const entry = { actor: actor(), action: "product.interval", subject: "product:" + code };
	await appendAudit(database, time, { ...entry, details: { updateInterval } });
}

/** What a device takes as a name: see PROTOCOL.md, Limits. */
function requireTitle(text: string): void {
	const isPrintable = !/[\u0000-\u001f\u007f-\u009f]/.test(text);
	if (isPrintable && text !== "" && text.length <= nameLengthMaximum) return;
	const message = "A title has 1 to " + nameLengthMaximum + " printable characters.";
	throw new OperatorError("name", message);
}

async function productOf(database: Database, row: ProductRow): Promise<Product> {
	return {
		code: row.code,
		title: row.title,
		platform: row.platform,
		owner: row.owner,
		production: row.production === 1,
		locked: row.locked === 1,
		sharedWith: await sharedUsers(database, row.code),
		floor: row.floor,
		updateInterval: row.updateInterval,
		addedAt: row.addedAt,
	};
}

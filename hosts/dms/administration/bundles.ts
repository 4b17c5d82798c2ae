/** Bundles: published, tagged, withdrawn. */

import { randomUUID } from "node:crypto";
import { equal, toHex } from "../../../src/encoding/bytes.js";
import { type Statement, statementContext } from "../../../src/protocol/update.js";
import type { Core } from "../core.js";
import { type ByteSource, digestOfSource, sourceOf } from "../byte-source.js";
import { OperatorError } from "../operator-error.js";
import {
	type Bundle as BundleFile,
	bundleHead,
	type BundleSource,
	findBundleIn,
} from "../publisher/bundle.js";
import { slotLengthMaximum } from "../publisher/slot.js";
import { readStatement, type Signers, signersIn } from "../publisher/statements.js";
import {
	type BundleHead,
	bundlesOf,
	deleteTag,
	findBundleOfVersion,
	findBundlesAt,
	findProductKey,
	putBundle,
	tagsOf,
	withdrawBundle,
} from "../storage/bundles.js";
import { isImageWhole } from "../storage/image-check.js";
import { type Download, downloadOf } from "../storage/image-stream.js";
import { reportCountsOf } from "../storage/reports.js";
import type { Database } from "../storage/schema.js";
import type { BundleRow, ProductKeyRow, Tag } from "../storage/schema-updates.js";
import { requireNoSteppingStone, type Since } from "./stepping-stones.js";
import { auditBundle, requireCurrent, type RollOut, setTag } from "./bundle-tags.js";
import { change, requireProduct } from "./change.js";
import { addProductKey } from "./product-keys.js";

export interface Bundle {
	readonly id: string;
	readonly product: string;
	/** Four numbers. */
	readonly version: string;
	readonly sequence: number;
	readonly platform: string;
	/** Length of its image, in bytes. */
	readonly length: number;
	readonly tags: readonly TaggedBundle[];
	/** Whether it is signed with a key that the product has replaced: devices don't get it. */
	readonly isOfOldKey: boolean;
	/** Seconds since 1970, as all three. */
	readonly publishedAt: number;
	readonly expiresAt: number | null;
	readonly withdrawnAt: number | null;
	/** How many devices have reported each `dfu.status`. */
	readonly reports: { readonly [status: string]: number };
}

export interface TaggedBundle {
	readonly tag: Tag;
	readonly percent: number;
	readonly failurePercent: number;
	/** When the roll-out has stopped, in seconds since 1970. */
	readonly haltedAt: number | null;
	/** Who has stopped it, as the audit log names him: `service`, when too many devices failed. */
	readonly haltedBy: string | null;
}

export interface Bundles {
	/** Takes a product's key, the first or the next, as its platform's publisher has signed it. */
	addKey(statement: Uint8Array, since?: Since): Promise<{ product: string; generation: number }>;
	/** Takes a bundle; the same image signed anew takes the place of the one before. */
	publish(bundle: BundleFile): Promise<Bundle>;
	/** The same of a file, whose image isn't held in memory. */
	receive(file: ByteSource): Promise<Bundle>;
	list(product: string): Promise<Bundle[]>;
	show(product: string, version: string): Promise<Bundle>;
	/** The file that was published. */
	read(product: string, version: string): Promise<Download>;
	/** Gives a product's devices of this tag this bundle; the tag leaves the one before. */
	tag(product: string, version: string, tag: Tag, rollOut?: RollOut): Promise<void>;
	untag(product: string, tag: Tag): Promise<void>;
	/** Nobody gets it any more. A tagged bundle can't be withdrawn. */
	withdraw(product: string, version: string): Promise<void>;
}

export function createBundles(core: Core): Bundles {
	const { database } = core;
	return {
		addKey: (statement, since) =>
			change(core, (transaction, time) => addProductKey(transaction, statement, since, time)),
		publish: ({ statement, image }) => publish(core, { statement, image: sourceOf(image) }),
		async receive(file) {
			const bundle = findBundleIn(file);
			if (bundle === undefined) throw new OperatorError("bundle", "The file is no bundle.");
			return publish(core, bundle);
		},
		list: async (product) => {
			await requireProduct(database, product);
			const rows = await bundlesOf(database, product);
			return Promise.all(rows.map((row) => bundleOf(database, row)));
		},
		show: async (product, version) =>
			bundleOf(database, await requireBundle(database, product, version)),
		read: async (product, version) => {
			const { statement, digest, length } = await requireBundle(database, product, version);
			if (!(await isImageWhole(core.images, digest))) throw damaged(product, version);
			const part = { digest, start: 0, end: length };
			return downloadOf(core.images, part, bundleHead(statement, length));
		},
		tag: (product, version, tag, rollOut = {}) =>
			change(core, async (transaction, time) => {
				const bundle = await requireBundle(transaction, product, version);
				await setTag(transaction, bundle, tag, rollOut, time);
			}),
		untag: (product, tag) =>
			change(core, async (transaction, time) => {
				await requireProduct(transaction, product);
				await deleteTag(transaction, product, tag);
				await auditBundle(transaction, time, "bundle.untag", product, { tag });
			}),
		withdraw: (product, version) =>
			change(core, async (transaction, time) => {
				const bundle = await requireBundle(transaction, product, version);
				await withdraw(transaction, bundle, time);
			}),
	};
}

function damaged(product: string, version: string): OperatorError {
	const message = `The image of ${product} ${version} is damaged here. Publish the bundle again: `;
	return new OperatorError("bundle", message + "opendms bundle publish <file>");
}

async function publish(core: Core, file: BundleSource): Promise<Bundle> {
	const { image } = file;
	if (image.length > slotLengthMaximum) {
		const message = "An image has at most " + slotLengthMaximum + " bytes.";
		throw new OperatorError("limit", message);
	}
	const digest = digestOfSource(image);
	const { key, statement } = await requireSigned(core.database, file.statement);
	if (statement.length !== image.length || !equal(statement.digest, digest)) {
		throw new OperatorError("bundle", "The image is not the one that was signed. Build it again.");
	}
	const name = toHex(digest);
	if (!(await isImageWhole(core.images, name))) await core.images.put(name, image);
	const bundle = await change(core, async (database, time) => {
		const product = await requireProduct(database, statement.product);
		if (product.platform !== statement.platform) {
			const message = product.code + " is for " + product.platform + ".";
			throw new OperatorError("bundle", message + " The bundle is for " + statement.platform + ".");
		}
		const before = await requirePlace(database, statement, name);
		if (before !== undefined) requireCurrent(before);
		const row: BundleRow = {
			id: before?.id ?? randomUUID(),
			product: product.code,
			version: statement.version,
			sequence: statement.sequence,
			platform: statement.platform,
			generation: key.generation,
			statement: Uint8Array.from(file.statement),
			digest: name,
			length: image.length,
			expiresAt: statement.expires ?? null,
			publishedAt: before?.publishedAt ?? time,
			withdrawnAt: null,
			round: before?.round ?? 0,
			failures: before?.failures ?? 0,
			successes: before?.successes ?? 0,
		};
		await putBundle(database, row);
		const { id, version, sequence } = row;
		const details = { bundle: id, version, sequence, digest: name };
		await auditBundle(database, time, "bundle.publish", product.code, details);
		return bundleOf(database, row);
	});
	// It may have been pruned while no bundle had it: from now on one has.
	if (!(await core.images.has(name))) await core.images.put(name, image);
	return bundle;
}

/** What the statement says, if the newest key of its product has signed it. */
async function requireSigned(
	database: Database,
	bytes: Uint8Array,
): Promise<{ readonly key: ProductKeyRow; readonly statement: Statement }> {
	const keys = await database.selectFrom("productKeys").selectAll().execute();
	for (const key of keys) {
		const statement = readStatement(bytes, key.publicKey);
		if (statement === undefined) {
			const signers = signersIn(bytes, statementContext, key.publicKey);
			if (signers !== undefined) throw underSigned(signers);
		}
		if (statement?.product !== key.product) continue;
		const newest = await findProductKey(database, key.product);
		if (newest?.generation === key.generation) return { key, statement };
		const message = "The bundle is signed with a key that was replaced. Build it again.";
		throw new OperatorError("bundle", message);
	}
	throw new OperatorError(
		"bundle",
		"The bundle is not signed with a product's key. Add that first: opendms product key <file>",
	);
}

function underSigned({ present, needed }: Signers): OperatorError {
	const message = `The bundle has ${present} of the ${needed} signatures that it needs.`;
	return new OperatorError("bundle", message + " The next person: opendms bundle sign <file>");
}

/** Version and sequence are free, or those of the same image: that bundle is signed anew. */
async function requirePlace(
	database: Database,
	statement: Statement,
	digest: string,
): Promise<BundleRow | undefined> {
	const { product, version, sequence } = statement;
	const [same] = await findBundlesAt(database, product, version, sequence);
	if (same === undefined) return undefined;
	const isSame = same.version === version && same.sequence === sequence && same.digest === digest;
	if (isSame) return same;
	const message = product + " has another bundle of version " + same.version;
	throw new OperatorError("bundle", message + ", sequence " + same.sequence + ". Use higher ones.");
}

async function withdraw(database: Database, bundle: BundleRow, time: number): Promise<void> {
	const { product, id, version, withdrawnAt } = bundle;
	if (withdrawnAt !== null) return;
	const tags = (await tagsOf(database, product)).filter((row) => row.bundle === id);
	if (tags.length > 0) {
		const names = tags.map(({ tag }) => tag).join(", ");
		const way = `. Move the tag first: opendms bundle tag ${product} <version> <tag>`;
		throw new OperatorError("bundle", version + " is tagged " + names + way);
	}
	await requireNoSteppingStone(database, bundle);
	await withdrawBundle(database, id, time);
	await auditBundle(database, time, "bundle.withdraw", product, { bundle: id, version });
}

async function requireBundle(
	database: Database,
	product: string,
	version: string,
): Promise<BundleRow> {
	await requireProduct(database, product);
	const bundle = await findBundleOfVersion(database, product, version);
	if (bundle !== undefined) return bundle;
	const message = product + " has no version " + version;
	throw new OperatorError("bundle-unknown", message + ". See: opendms bundle list " + product);
}

async function bundleOf(database: Database, row: BundleHead): Promise<Bundle> {
	const { id, product, version, sequence, platform, length, generation } = row;
	const { publishedAt, expiresAt, withdrawnAt } = row;
	const tags = (await tagsOf(database, product)).filter((tag) => tag.bundle === id);
	const reports: { [status: string]: number } = {};
	for (const { status, devices } of await reportCountsOf(database, id)) reports[status] = devices;
	const newest = await findProductKey(database, product);
	return {
		...{ id, product, version, sequence, platform, length },
		tags: tags.map(({ tag, percent, failurePercent, haltedAt, haltedBy }) => ({
			...{ tag, percent, failurePercent, haltedAt, haltedBy },
		})),
		isOfOldKey: newest?.generation !== generation,
		...{ publishedAt, expiresAt, withdrawnAt, reports },
	};
}

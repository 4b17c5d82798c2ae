/**
 * How the tables came to be, in order. A migration that was published never changes.
 *
 * PostgreSQL runs the same ones: `postgres-types.ts` gives the types their names there.
 */

import type { ColumnDefinitionBuilder, Kysely, Migration, MigrationProvider } from "kysely";
import { createApiTokens } from "./migration-api-tokens.js";
import { createAuditLists } from "./migration-audit-lists.js";
import { createBatches } from "./migration-batches.js";
import { createCounters } from "./migration-counters.js";
import { createDeviceLists } from "./migration-device-lists.js";
import { createDeviceNames } from "./migration-device-names.js";
import { createDeviceVersions } from "./migration-device-versions.js";
import { createFactoryImages } from "./migration-factory-images.js";
import { createIdentities } from "./migration-identities.js";
import { createLockout } from "./migration-lockout.js";
import { createLogInAttempts } from "./migration-log-in.js";
import { createPeople } from "./migration-people.js";
import { createIdempotencyKeys } from "./migration-repeats.js";
import { createRenewal } from "./migration-renewal.js";
import { createRevocation } from "./migration-revocation.js";
import { createRollOut } from "./migration-roll-out.js";
import { createShared } from "./migration-shared.js";
import { createSteppingStones } from "./migration-stepping-stones.js";
import { createTokenMakers } from "./migration-token-makers.js";
import { createTransfer } from "./migration-transfer.js";

/** The type for bytes. */
const bytes = "blob";

/** A number that counts up by itself. */
const counting = (column: ColumnDefinitionBuilder) => column.primaryKey().autoIncrement();

export const migrations: MigrationProvider = Object.freeze({
	getMigrations: async () => ({
		"001": { up: createTables } satisfies Migration,
		"002": { up: createUpdates } satisfies Migration,
		"003": { up: createLockout } satisfies Migration,
		"004": { up: createCounters } satisfies Migration,
		"005": { up: createShared } satisfies Migration,
		"020": { up: createApiTokens } satisfies Migration,
		"021": { up: createPeople } satisfies Migration,
		"022": { up: createIdentities } satisfies Migration,
		"023": { up: createIdempotencyKeys } satisfies Migration,
		"024": { up: createTokenMakers } satisfies Migration,
		"030": { up: createRenewal } satisfies Migration,
		"040": { up: createRevocation } satisfies Migration,
		"041": { up: createTransfer } satisfies Migration,
		"050": { up: createBatches } satisfies Migration,
		"051": { up: createFactoryImages } satisfies Migration,
		"060": { up: createDeviceLists } satisfies Migration,
		"061": { up: createRollOut } satisfies Migration,
		"070": { up: createLogInAttempts } satisfies Migration,
		"071": { up: createAuditLists } satisfies Migration,
		"080": { up: createSteppingStones } satisfies Migration,
		"090": { up: createDeviceNames } satisfies Migration,
		"091": { up: createDeviceVersions } satisfies Migration,
	}),
});

async function createTables(database: Kysely<unknown>): Promise<void> {
	await createPeopleAndProducts(database);
	await createDevices(database);
	await createTokens(database);
	await createAnswers(database);
	await createAudit(database);
}

async function createPeopleAndProducts(database: Kysely<unknown>): Promise<void> {
	await database.schema
		.createTable("settings")
		.addColumn("name", "text", (column) => column.primaryKey())
		.addColumn("value", "text", (column) => column.notNull())
		.execute();
	await database.schema
		.createTable("users")
		.addColumn("name", "text", (column) => column.primaryKey())
		.addColumn("addedAt", "bigint", (column) => column.notNull())
		.execute();
	await database.schema
		.createTable("products")
		.addColumn("code", "text", (column) => column.primaryKey())
		.addColumn("title", "text", (column) => column.notNull())
		.addColumn("platform", "text", (column) => column.notNull())
		.addColumn("owner", "text", (column) => column.notNull().references("users.name"))
		.addColumn("production", "integer", (column) => column.notNull())
		.addColumn("locked", "integer", (column) => column.notNull())
		.addColumn("addedAt", "bigint", (column) => column.notNull())
		.execute();
	await database.schema
		.createTable("productUsers")
		.addColumn("product", "text", (column) => column.notNull().references("products.code"))
		.addColumn("user", "text", (column) =>
			column.notNull().references("users.name").onDelete("cascade"),
		)
		.addPrimaryKeyConstraint("productUsersKey", ["product", "user"])
		.execute();
}

async function createDevices(database: Kysely<unknown>): Promise<void> {
	await database.schema
		.createTable("devices")
		.addColumn("uuid", "text", (column) => column.primaryKey())
		.addColumn("keyId", "text", (column) => column.notNull().unique())
		.addColumn("publicKey", bytes, (column) => column.notNull())
		.addColumn("hardware", "text", (column) => column.notNull())
		.addColumn("platform", "text", (column) => column.notNull())
		.addColumn("version", "text", (column) => column.notNull())
		.addColumn("state", "text", (column) => column.notNull())
		.addColumn("owner", "text", (column) => column.references("users.name"))
		.addColumn("product", "text", (column) => column.references("products.code"))
		.addColumn("firstSeenAt", "bigint", (column) => column.notNull())
		.addColumn("lastSeenAt", "bigint", (column) => column.notNull())
		.execute();
	await database.schema
		.createTable("certificates")
		.addColumn("serial", "text", (column) => column.primaryKey())
		.addColumn("device", "text", (column) => column.notNull().references("devices.uuid"))
		.addColumn("certificate", bytes, (column) => column.notNull())
		.addColumn("issuedAt", "bigint", (column) => column.notNull())
		.addColumn("expiresAt", "bigint", (column) => column.notNull())
		.execute();
	await database.schema
		.createIndex("certificatesByDevice")
		.on("certificates")
		.columns(["device", "expiresAt"])
		.execute();
}

async function createTokens(database: Kysely<unknown>): Promise<void> {
	await database.schema
		.createTable("provisioningTokens")
		.addColumn("keyId", "text", (column) => column.primaryKey())
		.addColumn("publicKey", bytes, (column) => column.notNull())
		.addColumn("uuidRule", "text", (column) => column.notNull())
		.addColumn("uuid", "text")
		.addColumn("addedAt", "bigint", (column) => column.notNull())
		.addColumn("expiresAt", "bigint", (column) => column.notNull())
		.addColumn("deviceKeyId", "text")
		.addColumn("revokedAt", "bigint")
		.execute();
	await database.schema
		.createTable("claimTokens")
		.addColumn("digest", "text", (column) => column.primaryKey())
		.addColumn("user", "text", (column) =>
			column.notNull().references("users.name").onDelete("cascade"),
		)
		.addColumn("product", "text", (column) => column.references("products.code"))
		.addColumn("usesMaximum", "integer", (column) => column.notNull())
		.addColumn("addedAt", "bigint", (column) => column.notNull())
		.addColumn("expiresAt", "bigint", (column) => column.notNull())
		.addColumn("revokedAt", "bigint")
		.execute();
	await database.schema
		.createTable("claimTokenUses")
		.addColumn("digest", "text", (column) =>
			column.notNull().references("claimTokens.digest").onDelete("cascade"),
		)
		.addColumn("device", "text", (column) => column.notNull().references("devices.uuid"))
		.addColumn("usedAt", "bigint", (column) => column.notNull())
		.addPrimaryKeyConstraint("claimTokenUsesKey", ["digest", "device"])
		.execute();
}

async function createAnswers(database: Kysely<unknown>): Promise<void> {
	await database.schema
		.createTable("answers")
		.addColumn("keyId", "text", (column) => column.notNull())
		.addColumn("nonce", "text", (column) => column.notNull())
		.addColumn("requestDigest", "text", (column) => column.notNull())
		.addColumn("status", "integer", (column) => column.notNull())
		.addColumn("body", bytes)
		.addColumn("storedAt", "bigint", (column) => column.notNull())
		.addPrimaryKeyConstraint("answersKey", ["keyId", "nonce"])
		.execute();
	await database.schema.createIndex("answersByTime").on("answers").column("storedAt").execute();
}

async function createAudit(database: Kysely<unknown>): Promise<void> {
	await database.schema
		.createTable("audit")
		.addColumn("id", "integer", counting)
		.addColumn("time", "bigint", (column) => column.notNull())
		.addColumn("actor", "text", (column) => column.notNull())
		.addColumn("action", "text", (column) => column.notNull())
		.addColumn("subject", "text", (column) => column.notNull())
		.addColumn("rule", "text", (column) => column.notNull())
		.addColumn("details", "text", (column) => column.notNull())
		.execute();
	await database.schema
		.createIndex("auditByActor")
		.on("audit")
		.columns(["actor", "time"])
		.execute();
}

/** Bundles, and what decides who gets which. */
async function createUpdates(database: Kysely<unknown>): Promise<void> {
	for (const [table, name, type, initial] of [
		["products", "floor", "text", "0.0.0.0"],
		["products", "updateInterval", "integer", 86_400],
	] as const) {
		await database.schema
			.alterTable(table)
			.addColumn(name, type, (column) => column.notNull().defaultTo(initial))
			.execute();
	}
	await database.schema.alterTable("devices").addColumn("tag", "text").execute();
	await database.schema.alterTable("devices").addColumn("pin", "text").execute();
	await createProductKeys(database);
	await createBundles(database);
}

async function createProductKeys(database: Kysely<unknown>): Promise<void> {
	await database.schema
		.createTable("productKeys")
		.addColumn("product", "text", (column) => column.notNull().references("products.code"))
		.addColumn("generation", "integer", (column) => column.notNull())
		.addColumn("publicKey", bytes, (column) => column.notNull())
		.addColumn("statement", bytes, (column) => column.notNull())
		.addColumn("addedAt", "bigint", (column) => column.notNull())
		.addPrimaryKeyConstraint("productKeysKey", ["product", "generation"])
		.execute();
}

async function createBundles(database: Kysely<unknown>): Promise<void> {
	await database.schema
		.createTable("bundles")
		.addColumn("id", "text", (column) => column.primaryKey())
		.addColumn("product", "text", (column) => column.notNull().references("products.code"))
		.addColumn("version", "text", (column) => column.notNull())
		.addColumn("sequence", "bigint", (column) => column.notNull())
		.addColumn("platform", "text", (column) => column.notNull())
		.addColumn("generation", "integer", (column) => column.notNull())
		.addColumn("statement", bytes, (column) => column.notNull())
		.addColumn("digest", "text", (column) => column.notNull())
		.addColumn("length", "integer", (column) => column.notNull())
		.addColumn("expiresAt", "bigint")
		.addColumn("publishedAt", "bigint", (column) => column.notNull())
		.addColumn("withdrawnAt", "bigint")
		.addUniqueConstraint("bundlesByVersion", ["product", "version"])
		.addUniqueConstraint("bundlesBySequence", ["product", "sequence"])
		.execute();
	await database.schema
		.createTable("bundleTags")
		.addColumn("product", "text", (column) => column.notNull().references("products.code"))
		.addColumn("tag", "text", (column) => column.notNull())
		.addColumn("bundle", "text", (column) => column.notNull().references("bundles.id"))
		.addColumn("percent", "integer", (column) => column.notNull())
		.addColumn("failurePercent", "integer", (column) => column.notNull())
		.addColumn("haltedAt", "bigint")
		.addColumn("taggedAt", "bigint", (column) => column.notNull())
		.addPrimaryKeyConstraint("bundleTagsKey", ["product", "tag"])
		.execute();
	await database.schema
		.createTable("updateReports")
		.addColumn("device", "text", (column) => column.notNull().references("devices.uuid"))
		.addColumn("bundle", "text", (column) => column.notNull().references("bundles.id"))
		.addColumn("status", "integer", (column) => column.notNull())
		.addColumn("percent", "integer", (column) => column.notNull())
		.addColumn("reportedAt", "bigint", (column) => column.notNull())
		.addPrimaryKeyConstraint("updateReportsKey", ["bundle", "device"])
		.execute();
}

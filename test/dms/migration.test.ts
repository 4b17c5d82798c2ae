import assert from "node:assert/strict";
import { mkdtempSync, rmSync, statSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { DatabaseSync } from "@photostructure/sqlite";
import { Kysely, Migrator } from "kysely";
import { databaseFile, openDatabase } from "../../hosts/dms/storage/database.js";
import { databaseFailureOf } from "../../hosts/dms/storage/failures.js";
import { migrations } from "../../hosts/dms/storage/migrations.js";
import type { Schema } from "../../hosts/dms/storage/schema.js";
import { NodeSqliteDialect } from "../../hosts/dms/storage/sqlite.js";
import { fillDisk, mountDisk } from "./small-disk.js";

/** What a service of release 0.1.0 has: a roll-out that has begun, and a token that was used. */
const rows = `
insert into users values ('alice', 1);
insert into products values ('A-B', 'Lamp', 'esp32', 'alice', 0, 0, 1, '0.0.0.0', 86400);
insert into devices values
	('u1', 'k1', x'04', 'h1', 'esp32', '1.0.0.0', 'provisioned', 'alice', 'A-B', 1, 1, null, null),
	('u2', 'k2', x'04', 'h2', 'esp32', '1.0.0.0', 'issued', null, null, 1, 1, null, null),
	('u3', 'k3', x'04', 'h3', 'esp32', '1.0.0.0', 'issued', null, null, 1, 1, null, null);
insert into claimTokens values
	('d1', 'alice', null, 2, 1, 9, null), ('d2', 'alice', null, 1, 1, 9, null);
insert into claimTokenUses values ('d1', 'u1', 2), ('d1', 'u2', 2);
insert into bundles values
	('b1', 'A-B', '1.0.0.0', 1, 'esp32', 1, x'00', 'd', 5, null, 1, null),
	('b2', 'A-B', '1.1.0.0', 2, 'esp32', 1, x'00', 'e', 5, null, 1, null);
insert into bundleTags values ('A-B', 'release', 'b2', 100, 10, null, 50);
insert into updateReports values
	('u1', 'b1', 1, 100, 20), ('u1', 'b2', 224, 100, 60), ('u2', 'b2', 1, 100, 70),
	('u3', 'b2', 224, 100, 40);
`;

/** Makes a database of release 0.1.0, with these rows. */
async function makeOld(path: string, statements: string): Promise<void> {
	const old = new DatabaseSync(path);
	const dialect = new NodeSqliteDialect(old);
	const before = new Kysely<Schema>({ dialect });
	const { error } = await new Migrator({ db: before, provider: migrations }).migrateTo("002");
	assert.equal(error, undefined);
	old.exec(statements);
	await before.destroy();
}

test("a database of the first release becomes one of today, with all it knew", async (context) => {
	const folder = mkdtempSync(join(tmpdir(), "opendms-"));
	context.after(() => rmSync(folder, { recursive: true }));
	const path = join(folder, databaseFile);
	await makeOld(path, rows);
	const database = await openDatabase(path);
	context.after(() => database.destroy());
	const tokens = await database.selectFrom("claimTokens").select(["digest", "uses"]).execute();
	assert.deepEqual(
		tokens.map(({ digest, uses }) => digest + " " + uses),
		["d1 2", "d2 0"],
	);
	const bundles = await database.selectFrom("bundles").selectAll().orderBy("id").execute();
	const counters = bundles.map(({ id, round, failures, successes }) =>
		[id, round, failures, successes].join(" "),
	);
	assert.deepEqual(counters, ["b1 1 0 1", "b2 1 1 1"]);
	const counts = await database.selectFrom("reportCounts").selectAll().orderBy("bundle").execute();
	const shown = counts.map(({ bundle, status, devices }) => [bundle, status, devices].join(" "));
	assert.deepEqual(shown.sort(), ["b1 1 1", "b2 1 1", "b2 224 2"]);
	const users = await database.selectFrom("users").selectAll().execute();
	assert.deepEqual(JSON.parse(JSON.stringify(users)), [
		{ name: "alice", addedAt: 1, role: "owner", email: null },
	]);
	const devices = await database.selectFrom("devices").select("lockedAt").execute();
	assert.deepEqual(
		devices.map(({ lockedAt }) => lockedAt),
		[null, null, null],
	);
});

/** So many that a migration, which writes them anew, takes a megabyte. */
const manyDevices = `
with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < 2000)
insert into devices select 'v' || n, 'l' || n, x'04', 'h', 'esp32', '1.0.0.0', 'issued', null, null,
	1, 1, null, null from numbers;
`;

test("a database of a later release is left alone, and a sentence says so", async (context) => {
	const folder = mkdtempSync(join(tmpdir(), "opendms-"));
	context.after(() => rmSync(folder, { recursive: true }));
	const path = join(folder, databaseFile);
	await (await openDatabase(path)).destroy();
	const later = new DatabaseSync(path);
	later.exec("insert into kysely_migration values ('999', '2030-01-01T00:00:00.000Z')");
	later.close();
	const before = contentOf(path);
	const refused = { rule: "database", message: /^The database is of a later release of opendms / };
	await assert.rejects(openDatabase(path), refused);
	assert.deepEqual(contentOf(path), before);
});

/** All that is in a database, as its own texts say it; when it was migrated is not compared. */
function contentOf(path: string): unknown {
	const connection = new DatabaseSync(path);
	try {
		const texts = connection.prepare("select name, sql from sqlite_master order by name").all();
		const tables = (texts as { name: string; sql: string }[]).filter(({ sql }) =>
			sql?.startsWith("create table"),
		);
		const rows = tables.map(({ name }) => {
			const columns = name === "kysely_migration" ? "name" : "*";
			return [name, connection.prepare(`select ${columns} from "${name}"`).all()];
		});
		return JSON.parse(JSON.stringify([texts, rows]));
	} finally {
		connection.close();
	}
}

test("a second database has the first one's tables, not its rows", async (context) => {
	const folder = mkdtempSync(join(tmpdir(), "opendms-"));
	context.after(() => rmSync(folder, { recursive: true }));
	const [migrated, used, made] = ["migrated", "used", "made"].map((name) => join(folder, name));
	assert.ok(migrated && used && made);
	const dialect = new NodeSqliteDialect(new DatabaseSync(migrated));
	const database = new Kysely<Schema>({ dialect });
	const { error } = await new Migrator({ db: database, provider: migrations }).migrateToLatest();
	assert.equal(error, undefined);
	await database.destroy();
	const first = await openDatabase(used);
	await first.insertInto("users").values({ name: "alice", role: "owner", addedAt: 1 }).execute();
	await (await openDatabase(made)).destroy();
	await first.destroy();
	assert.deepEqual(contentOf(made), contentOf(migrated));
});

const disk = mountDisk(4);
after(() => disk?.unmount());
const skip = disk === undefined && "only root can make a disk";

test("a database that has no room to be migrated is migrated once it has", { skip }, async () => {
	assert.ok(disk);
	const path = join(disk.folder, databaseFile);
	await makeOld(path, "begin;" + rows + manyDevices + "commit;");
	const before = contentOf(path);
	const filler = join(disk.folder, "filler");
	// None at all, none for what is beside the database, none for all of the migration.
	for (const room of [0, 8_192, 65_536]) {
		fillDisk(filler);
		truncateSync(filler, statSync(filler).size - room);
		await assert.rejects(openDatabase(path), (error) => databaseFailureOf(error)?.kind === "full");
		rmSync(filler);
		assert.deepEqual(contentOf(path), before);
	}
	const database = await openDatabase(path);
	const { devices } = await database
		.selectFrom("devices")
		.select(({ fn }) => fn.countAll<number>().as("devices"))
		.executeTakeFirstOrThrow();
	await database.destroy();
	assert.equal(devices, 2_003);
});

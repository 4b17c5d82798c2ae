/** Products, and who may use them: the owner, and users with whom they are shared. */

import type { Updateable } from "kysely";
import { deleteBatchesOf } from "./batches.js";
import type { Database, ProductRow } from "./schema.js";

export async function findProduct(
	database: Database,
	code: string,
): Promise<ProductRow | undefined> {
	return database.selectFrom("products").selectAll().where("code", "=", code).executeTakeFirst();
}

export async function listProducts(database: Database): Promise<ProductRow[]> {
	return database.selectFrom("products").selectAll().orderBy("code").execute();
}

export async function productsOf(database: Database, owner: string): Promise<ProductRow[]> {
	return database
		.selectFrom("products")
		.selectAll()
		.where("owner", "=", owner)
		.orderBy("code")
		.execute();
}

export async function insertProduct(database: Database, product: ProductRow): Promise<void> {
	await database.insertInto("products").values(product).execute();
}

export async function updateProduct(
	database: Database,
	code: string,
	changes: Updateable<ProductRow>,
): Promise<void> {
	await database.updateTable("products").set(changes).where("code", "=", code).execute();
}

/** Names of the users with whom a product is shared. */
export async function sharedUsers(database: Database, product: string): Promise<string[]> {
	const rows = await database
		.selectFrom("productUsers")
		.select("user")
		.where("product", "=", product)
		.orderBy("user")
		.execute();
	return rows.map((row) => row.user);
}

export async function insertShare(
	database: Database,
	product: string,
	user: string,
): Promise<void> {
	await database.insertInto("productUsers").values({ product, user }).execute();
}

export async function deleteShare(
	database: Database,
	product: string,
	user: string,
): Promise<void> {
	await database
		.deleteFrom("productUsers")
		.where("product", "=", product)
		.where("user", "=", user)
		.execute();
}

export async function hasAccess(
	database: Database,
	product: ProductRow,
	user: string,
): Promise<boolean> {
	if (product.owner === user) return true;
	const row = await database
		.selectFrom("productUsers")
		.select("user")
		.where("product", "=", product.code)
		.where("user", "=", user)
		.executeTakeFirst();
	return row !== undefined;
}

/** Tables whose rows belong to a product. */
export type Dependent = "devices" | "bundles" | "productKeys";

/** Whether a table has anything of a product's. */
export async function isProductIn(
	database: Database,
	table: Dependent,
	product: string,
): Promise<boolean> {
	const row = await database
		.selectFrom(table)
		.select("product")
		.where("product", "=", product)
		.executeTakeFirst();
	return row !== undefined;
}

/** Deletes a product without devices and bundles: what else is its own goes too. */
export async function deleteProduct(database: Database, code: string): Promise<void> {
	await deleteBatchesOf(database, code);
	for (const table of [
		"productUsers",
		"steppingStones",
		"productKeys",
		"claimTokens",
		"factoryImages",
	] as const) {
		await database.deleteFrom(table).where("product", "=", code).execute();
	}
	await database.deleteFrom("products").where("code", "=", code).execute();
}

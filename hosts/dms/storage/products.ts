/** Products, and who may use them: the owner, and users with whom they are shared. */

import type { Updateable } from "kysely";
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
	return product.owner === user || (await sharedUsers(database, product.code)).includes(user);
}

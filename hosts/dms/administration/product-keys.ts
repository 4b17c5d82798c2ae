/** The keys of products, as their platforms' publishers state them. */

import { equal } from "../../../src/encoding/bytes.js";
import { isKeySet } from "../../../src/protocol/key-set.js";
import { keyStatementContext } from "../../../src/protocol/update.js";
import { OperatorError } from "../operator-error.js";
import { readKeyStatement, signersIn } from "../publisher/statements.js";
import { findProductKey, insertProductKey, restateProductKey } from "../storage/bundles.js";
import type { Database } from "../storage/schema.js";
import type { ProductKeyRow } from "../storage/schema-updates.js";
import { holdSteppingStone, type Since } from "./stepping-stones.js";
import { auditBundle } from "./bundle-tags.js";
import { requireProduct } from "./change.js";

/**
 * Takes the statement: the first key, the next one, or the same one stated anew. `since` is for one
 * by the platform's next key.
 */
export async function addProductKey(
	database: Database,
	statement: Uint8Array,
	since: Since | undefined,
	time: number,
): Promise<{ product: string; generation: number }> {
	const said = readKeyStatement(statement);
	if (said === undefined) throw new OperatorError("key", "This is no product key's statement.");
	const { product: code, platform, generation, key } = said;
	const product = await requireProduct(database, code);
	if (product.platform !== platform) {
		throw new OperatorError(
			"key",
			code + " is for " + product.platform + ", not " + platform + ".",
		);
	}
	const held = await findProductKey(database, code);
	const answer = { product: code, generation };
	if (held && equal(held.statement, statement)) return answer;
	if (held?.generation === generation && equal(held.publicKey, key)) {
		await holdSteppingStone(database, held, statement, since, time);
		await restateProductKey(database, { product: code, generation, statement });
		await auditBundle(database, time, "product.key", code, { generation, restated: 1 });
		return answer;
	}
	if (held !== undefined && generation <= held.generation) {
		const message = code + " has a key of generation " + held.generation + ". A new one is higher.";
		throw new OperatorError("key", message);
	}
	if (held !== undefined && isKeySet(held.publicKey)) requireConsent(held, statement);
	if (held !== undefined) await holdSteppingStone(database, held, statement, since, time);
	const row = { product: code, generation, publicKey: key, statement, addedAt: time };
	await insertProductKey(database, row);
	await auditBundle(database, time, "product.key", code, { generation });
	return answer;
}

/** Devices that have pinned a key set take no other key without it. */
function requireConsent({ publicKey, generation }: ProductKeyRow, statement: Uint8Array): void {
	const signers = signersIn(statement, keyStatementContext, publicKey);
	if (signers === undefined) {
		const message = "The statement was not made to follow generation " + generation;
		throw new OperatorError("key", message + ", the product's present one.");
	}
	const { present, needed } = signers;
	if (present >= needed) return;
	const message = `${present} of the ${needed} people who have to agree to it have signed it.`;
	throw new OperatorError("key", message + " The next one: opendms key sign <file>");
}

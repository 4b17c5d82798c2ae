/**
 * Many provisioning tokens: all or none, and nobody waits for them.
 *
 * They are made by batches, with a gap behind each in which others change the database; until the
 * last one is there, all are void, and then all are good at once. When it fails they go. Where the
 * process ends meanwhile, they stay as revoked ones, which pruning deletes in its time.
 */

import { type Core, timeOf } from "../core.js";
import { shortName } from "../digest.js";
import { OperatorError } from "../operator-error.js";
import { type AuditEntry, appendAudits } from "../storage/audit.js";
import { leaveLockToOthers } from "../storage/lock-wait.js";
import {
	deleteProvisioningTokens,
	insertProvisioningTokens,
	openProvisioningTokens,
} from "../storage/provisioning-tokens.js";
import { actor, change } from "./change.js";
import {
	auditOfProvisioning,
	type NewToken,
	newProvisioningToken,
	type NewProvisioningToken,
	type ProvisioningTokenOptions,
} from "./new-tokens.js";

/** Some tens of milliseconds of work. */
const batchLength = 250;
/** A slip of the keyboard is more likely than a run of more. */
const countMaximum = 1_000_000;

/** `onMade` is told of each when it is made; it is good once all are. */
export async function addManyTokens(
	core: Core,
	address: string,
	count: number,
	options: ProvisioningTokenOptions,
	onMade: (token: NewToken) => void,
): Promise<void> {
	if (!Number.isSafeInteger(count) || count < 1 || count > countMaximum) {
		throw new OperatorError("limit", `One makes 1 to ${countMaximum} tokens at once.`);
	}
	const made: string[] = [];
	try {
		while (made.length < count) {
			const length = Math.min(batchLength, count - made.length);
			const batch = await addBatch(core, address, length, options);
			for (const { row } of batch) made.push(row.keyId);
			for (const { token } of batch) onMade(token);
			await leaveLockToOthers();
		}
		await change(core, (database) => openProvisioningTokens(database, made));
	} catch (error) {
		await remove(core, made).catch(() => undefined); // Void they are all the same.
		throw error;
	}
}

async function addBatch(
	core: Core,
	address: string,
	length: number,
	options: ProvisioningTokenOptions,
): Promise<NewProvisioningToken[]> {
	const time = timeOf(core);
	// To make the keys takes longer than to write them: the lock isn't held for it.
	const tokens = Array.from({ length }, () =>
		newProvisioningToken(core.authorities.newest, address, options, time),
	);
	await change(core, async (database) => {
		const rows = tokens.map(({ row }) => ({ ...row, revokedAt: time }));
		await insertProvisioningTokens(database, rows);
		await appendAudits(
			database,
			time,
			tokens.map(({ row }) => auditOfProvisioning(row)),
		);
	});
	return tokens;
}

async function remove(core: Core, keyIds: readonly string[]): Promise<void> {
	for (let start = 0; start < keyIds.length; start += batchLength) {
		const batch = keyIds.slice(start, start + batchLength);
		await change(core, async (database, time) => {
			await deleteProvisioningTokens(database, batch);
			const entries = batch.map((keyId): AuditEntry => ({
				...{ actor: actor(), action: "token.revoke", subject: "token:" + shortName(keyId) },
			}));
			await appendAudits(database, time, entries);
		});
		await leaveLockToOthers();
	}
}

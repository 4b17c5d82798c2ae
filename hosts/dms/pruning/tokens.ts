/**
 * Tokens that can't be used any more and have bound nobody. What a device may still show again
 * stays: a provisioning token that is bound gives its key the same UUID for ever, and a claim token
 * that its device's owner came by gives the same answer for ever.
 */

import type { Core } from "../core.js";
import type { Database } from "../storage/schema.js";
import { cursorBehind, type Look, lookLength, type PruneRule } from "./rule.js";

const keepDefault = 365 * 86_400;
/** The cursors of the two tables, one behind the other. */
const claimMark = "claim ";

export const tokens: PruneRule = {
	kind: "tokens",
	keepDefault,
	keepMinimum: 0,
	look: (core, before, cursor) =>
		cursor?.startsWith(claimMark)
			? lookAtClaims(core, before, cursor.slice(claimMark.length))
			: lookAtProvisioning(core, before, cursor ?? ""),
	async remove(_core, database, keys) {
		const isClaim = (key: string) => key.startsWith(claimMark);
		const digests = keys.filter(isClaim).map((key) => key.slice(claimMark.length));
		const keyIds = keys.filter((key) => !isClaim(key));
		await removeProvisioning(database, keyIds);
		for (const table of ["claimTokenUses", "claimTokens"] as const) {
			if (digests.length === 0) continue;
			await database.deleteFrom(table).where("digest", "in", digests).execute();
		}
	},
};

async function lookAtProvisioning(
	{ database }: Core,
	before: number,
	after: string,
): Promise<Look> {
	const rows = await database
		.selectFrom("provisioningTokens")
		.select(["keyId", "expiresAt", "deviceKeyId", "revokedAt"])
		.where("keyId", ">", after)
		.orderBy("keyId")
		.limit(lookLength)
		.execute();
	const outdated = rows.filter(
		({ expiresAt, deviceKeyId, revokedAt }) =>
			deviceKeyId === null && (revokedAt ?? expiresAt) < before,
	);
	const next = cursorBehind(rows, ({ keyId }) => keyId) ?? claimMark;
	return { outdated: outdated.map(({ keyId }) => keyId), next };
}

async function removeProvisioning(database: Database, keyIds: readonly string[]): Promise<void> {
	if (keyIds.length === 0) return;
	await database
		.deleteFrom("provisioningTokens")
		.where("keyId", "in", [...keyIds])
		.where("deviceKeyId", "is", null)
		.execute();
}

async function lookAtClaims({ database }: Core, before: number, after: string): Promise<Look> {
	const rows = await database
		.selectFrom("claimTokens")
		.select(["digest", "expiresAt", "revokedAt", "user", "uses"])
		.where("digest", ">", after)
		.orderBy("digest")
		.limit(lookLength)
		.execute();
	const outdated: string[] = [];
	for (const { digest, expiresAt, revokedAt, user, uses } of rows) {
		const isOver = (revokedAt ?? expiresAt) < before;
		const isForgotten = revokedAt !== null || uses === 0;
		if (isOver && (isForgotten || !(await isAnybodys(database, digest, user)))) {
			outdated.push(claimMark + digest);
		}
	}
	const next = cursorBehind(rows, ({ digest }) => digest);
	return { outdated, next: next === undefined ? undefined : claimMark + next };
}

/** Whether a device that used the token is still its user's. */
async function isAnybodys(database: Database, digest: string, user: string): Promise<boolean> {
	const row = await database
		.selectFrom("claimTokenUses")
		.innerJoin("devices", "devices.uuid", "claimTokenUses.device")
		.select("devices.uuid")
		.where("claimTokenUses.digest", "=", digest)
		.where("devices.owner", "=", user)
		.limit(1)
		.executeTakeFirst();
	return row !== undefined;
}

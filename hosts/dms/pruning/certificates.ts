/** Device certificates that have ended and were followed by another. */

import { cursorBehind, lookLength, type PruneRule } from "./rule.js";

const keepDefault = 365 * 86_400;

export const certificates: PruneRule = {
	kind: "certificates",
	keepDefault,
	keepMinimum: 0,
	async look({ database }, before, cursor) {
		const rows = await database
			.selectFrom("certificates as one")
			.select(["one.serial", "one.expiresAt"])
			.select(({ selectFrom }) =>
				selectFrom("certificates as other")
					.select(({ fn }) => fn.max("other.expiresAt").as("newest"))
					.whereRef("other.device", "=", "one.device")
					.as("newest"),
			)
			.where("one.serial", ">", cursor ?? "")
			.orderBy("one.serial")
			.limit(lookLength)
			.execute();
		// The last one of a device stays, to be shown.
		const isOutdated = (row: (typeof rows)[number]) =>
			row.expiresAt < before && row.expiresAt < (row.newest ?? 0);
		const outdated = rows.filter(isOutdated).map(({ serial }) => serial);
		return { outdated, next: cursorBehind(rows, ({ serial }) => serial) };
	},
	async remove(_core, database, keys) {
		await database
			.deleteFrom("certificates")
			.where("serial", "in", [...keys])
			.execute();
	},
};

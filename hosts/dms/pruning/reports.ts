/** What devices have reported of bundles that no tag gives out any more; the counts stay. */

import { cursorBehind, lookLength, type PruneRule } from "./rule.js";

const keepDefault = 365 * 86_400;
/** A device that was off for some weeks may still report. */
const keepMinimum = 30 * 86_400;
/** Cursors and keys: a bundle's UUID, this, a device's. */
const separator = " ";

export const reports: PruneRule = {
	kind: "reports",
	keepDefault,
	keepMinimum,
	async look({ database }, before, cursor) {
		const [from = "", after = ""] = (cursor ?? "").split(separator);
		const bundle = await database
			.selectFrom("bundles")
			.select("id")
			.where("id", after === "" ? ">" : ">=", from)
			.where("id", "not in", ({ selectFrom }) => selectFrom("bundleTags").select("bundle"))
			.orderBy("id")
			.limit(1)
			.executeTakeFirst();
		if (bundle === undefined) return { outdated: [], next: undefined };
		const rows = await database
			.selectFrom("updateReports")
			.select(["device", "reportedAt"])
			.where("bundle", "=", bundle.id)
			.where("device", ">", bundle.id === from ? after : "")
			.orderBy("device")
			.limit(lookLength)
			.execute();
		const keyOf = ({ device }: { readonly device: string }) => bundle.id + separator + device;
		const outdated = rows.filter(({ reportedAt }) => reportedAt < before).map(keyOf);
		return { outdated, next: cursorBehind(rows, keyOf) ?? bundle.id };
	},
	async remove(_core, database, keys, before) {
		for (const key of keys) {
			const [bundle = "", device = ""] = key.split(separator);
			await database
				.deleteFrom("updateReports")
				.where("bundle", "=", bundle)
				.where("device", "=", device)
				.where("reportedAt", "<", before) // It may have come again since.
				.execute();
		}
	},
};

/**
 * Whether the machine's clock can be believed.
 *
 * A service hands its time to devices, which never go back behind it, and makes certificates that
 * last for decades. So what the clock says is held against the time of the release and of the last
 * entry in the audit log before anything is made of it.
 */

import type { Core } from "./core.js";
import { OperatorError } from "./operator-error.js";
import { releasedAt } from "./release-date.js";
import { appendAudit, newestAudit } from "./storage/audit.js";
import type { Database } from "./storage/schema.js";
import { readSetting, writeSetting } from "./storage/settings.js";

const secondsPerDay = 86_400;
/** A battery's clock that is set after a start may step back by so much. */
const backwardSecondsMaximum = secondsPerDay;
/** A service that nobody has used for longer is rarer than a clock that is years ahead. */
const idleSecondsMaximum = 2 * 365 * secondsPerDay;
/** Nobody begins with a release that is older. */
const releaseAgeSecondsMaximum = 10 * 365 * secondsPerDay;

/** Refuses a clock that can't be right, unless the operator vouches for it, which is audited. */
export async function checkClock(
	{ database, writer }: Pick<Core, "database" | "writer">,
	time: number,
	isAccepted: boolean,
): Promise<void> {
	const doubt = await doubtOf(database, time);
	if (doubt === undefined) return;
	if (!isAccepted) {
		const isNew = (await newestAudit(database)) === undefined;
		const way = isNew ? " add --accept-clock" : " opendms serve --accept-clock";
		throw new OperatorError("clock", doubt + " Set the clock. If it is right:" + way);
	}
	await writer.write(async (transaction) => {
		await writeSetting(transaction, "clock", String(time));
		const entry = { actor: "operator", action: "service.clock", subject: "service" };
		await appendAudit(transaction, time, { ...entry, details: { doubt } });
	});
}

/** A sentence for the operator; `undefined` when nothing speaks against the clock. */
async function doubtOf(database: Database, time: number): Promise<string | undefined> {
	const says = "The machine's clock says " + dateText(time);
	// What was vouched for once goes on from there.
	const accepted = Number((await readSetting(database, "clock")) ?? Infinity);
	if (time < releasedAt && time < accepted - backwardSecondsMaximum) {
		return says + ", before opendms was made (" + dateText(releasedAt) + ").";
	}
	const last = await newestAudit(database);
	if (last === undefined) {
		if (time < releasedAt + releaseAgeSecondsMaximum) return undefined;
		return says + ", years after opendms was made (" + dateText(releasedAt) + ").";
	}
	const behind = ", and the last entry in the audit log is of " + dateText(last.time) + ".";
	const isBelieved =
		time >= last.time - backwardSecondsMaximum && time <= last.time + idleSecondsMaximum;
	return isBelieved ? undefined : says + behind;
}

function dateText(seconds: number): string {
	return new Date(seconds * 1000).toISOString().slice(0, 10);
}
